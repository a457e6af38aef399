"""Sanctions: what may be done to an account because of a post, by whom, and what of it is in force."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel

from forum.access import ALLOWED, Actor, Ruling
from forum.i18n import _
from forum.posts.rules import Post, PostView, State
from forum.proof import moment
from forum.text import Paragraphs, Version, sized
from moderation.reviews.acts import Act
from moderation.reviews.rules import REASON_MAX, RowId, RuleNumber, Verdict, can_review

# For how many days somebody may be silenced.
DAYS = (1, 3, 7, 14, 30)
SANCTIONS = (Act.WARN, Act.SILENCE, Act.SUSPEND)


def _offered(days: int) -> int:
    if days not in DAYS:
        raise ValueError(days)
    return days


class Wish(BaseModel):
    """The form. `version` of the post is the one that the moderator saw, `seen` how often its author had been sanctioned then."""

    act: Act
    rule: RuleNumber = None
    reason: Annotated[Paragraphs, sized(0, REASON_MAX)] = ""
    days: Annotated[int, AfterValidator(_offered)] = DAYS[0]
    version: RowId
    seen: Version | None = None

    def verdict(self) -> Verdict:
        return Verdict(act=self.act, rule=self.rule, reason=self.reason, version=self.version)

    def until(self, now: datetime) -> datetime | None:
        return now + timedelta(days=self.days) if self.act is Act.SILENCE else None


@dataclass(frozen=True, slots=True)
class Sanction:
    """One act on an account, for good. `decision_id` None: a suspension from before they were decisions."""

    id: int
    decision_id: int | None
    account_id: int
    act: str
    until: datetime | None
    # Of a reinstatement: the decision that it takes back; None: everything.
    lifts: int | None
    sanctioned_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What an account may not do now, and since or until when."""

    silenced_until: datetime | None = None
    suspended_at: datetime | None = None

    def silenced(self, now: datetime) -> bool:
        return self.silenced_until is not None and now < self.silenced_until


def in_force(history: Iterable[Sanction]) -> Restrictions:
    """What is left of all sanctions of one account, in their order: the longest silence, the first suspension."""
    standing: dict[int, Sanction] = {}
    for sanction in history:
        if sanction.act == Act.REINSTATE and sanction.lifts is None:
            standing.clear()
        elif sanction.act == Act.REINSTATE:
            standing = {n: one for n, one in standing.items() if one.decision_id != sanction.lifts}
        else:
            standing[sanction.id] = sanction
    silences = [one.until for one in standing.values() if one.until]
    suspensions = [one.sanctioned_at for one in standing.values() if one.act == Act.SUSPEND]
    return Restrictions(max(silences, default=None), min(suspensions, default=None))


def document(sanction: Sanction, decision_sha256: str) -> dict[str, object]:
    """What the hash of a sanction is made of (docs/provenance.md)."""
    return {
        "account": sanction.account_id,
        "act": sanction.act,
        "decision": decision_sha256,
        "lifts": sanction.lifts,
        "time": moment(sanction.sanctioned_at),
        "until": moment(sanction.until) if sanction.until else None,
    }


def can_sanction(actor: Actor, post: Post | PostView, *, holds_office: bool) -> Ruling:
    """Whoever may judge the post; people with an office answer to administrators. `holds_office`: its author does."""
    if not (ruling := can_review(actor, post)):
        return ruling
    if post.state == State.WITHDRAWN:
        return Ruling(_("取り下げられた投稿を理由にすることはできません。"))
    if holds_office and not actor.is_administrator:
        return Ruling(_("職員、審査の担当者、世話人への処分は、管理者だけができます。"))
    return ALLOWED


def leaves_an_administrator(act: Act, account_id: int, administrators: Collection[int]) -> Ruling:
    """Somebody must be left who gives offices. `administrators`: all who do now, if the account is one of them."""
    if act is Act.SUSPEND and set(administrators) == {account_id}:
        return Ruling(
            _("管理者がひとりもいなくなるので、停止できません。先に、ほかの人を管理者にしてください。")
        )
    return ALLOWED


def sanctions_on(actor: Actor, restrictions: Restrictions, now: datetime) -> tuple[Act, ...]:
    """What may be done now. A warning is for every moderator; keeping somebody out is for those who answer for all boards."""
    if not actor.moderates_everywhere:
        return () if restrictions.suspended_at else (Act.WARN,)
    if restrictions.suspended_at:
        return (Act.REINSTATE,)
    if restrictions.silenced(now):
        return (Act.WARN, Act.SILENCE, Act.SUSPEND, Act.REINSTATE)
    return SANCTIONS
