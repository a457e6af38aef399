"""Review: what a moderator may decide on which post, what a decision must say, and which post comes first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Protocol, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from forum.access import ALLOWED, Actor, Role, Ruling, can_take_part
from forum.boards.rules import can_read
from forum.i18n import _, _n
from forum.posts.rules import Post, PostView, State
from forum.screening.hints import KIND_NAMES
from forum.screening.hints import Kind as Hint
from forum.text import Paragraphs, sized
from moderation.reviews.acts import MAY_CITE_A_RULE, NEEDS_REASON, NEEDS_RULE, Act

NOTE_MAX = 1000
REASON_MAX = 1000
ITEMS_PER_PAGE = 20
# Up to this one are all reports there will ever be.
EVERY_REPORT = 2**63 - 1
# The header stops counting here: a moderator with this many items needs colleagues, not digits.
WAITING_MAX = 999
# A newcomer who waits longer than a day for the first words to appear does not come back. Migration 0007 knows it, too.
HELD_WITHIN = timedelta(hours=24)
REPORTED_WITHIN = timedelta(hours=24)
# What does more harm with every hour that it can be read, by number of the rule of the charter.
WITHIN = {
    1: timedelta(hours=2),  # personal information
    11: timedelta(hours=2),  # danger to life
    2: timedelta(hours=8),  # defamation
    3: timedelta(hours=8),  # discrimination
    6: timedelta(hours=8),  # election campaigning
}
# Each further reporter shortens the wait, up to this many: a crowd can hurry a person, never replace one.
REPORTERS_MAX = 4
# Two weeks, of which one may be a holiday, to read a notice and think about it.
APPEAL_WITHIN = timedelta(days=14)
# From here on an item is marked as pressing.
PRESSING = timedelta(hours=1)


class Kind(StrEnum):
    """The ways into the queue. What is proposed waits for a second person, whatever it waited for before."""

    HELD = "held"
    REPORTED = "reported"
    PROPOSED = "proposed"
    # A decision is contested; somebody asks to hide a post that infringes their rights.
    APPEAL = "appeal"
    REQUEST = "request"


class Judged(Protocol):
    """Something on a board that its moderators decide about, and whose words it is about."""

    @property
    def board_id(self) -> int: ...

    @property
    def board_kind(self) -> str: ...

    @property
    def author_id(self) -> int: ...


def _none_of_them(value: object) -> object:
    return None if value in ("", "other") else value


RuleNumber = Annotated[Annotated[int, Field(ge=1, le=999)] | None, BeforeValidator(_none_of_them)]
RowId = Annotated[int, Field(ge=0, lt=2**63)]


class Complaint(BaseModel):
    """The form of a report: which rule the post may break (None: none of them; 0: not chosen yet), and what is wrong."""

    rule: RuleNumber = 0
    note: Annotated[Paragraphs, sized(0, NOTE_MAX)] = ""
    # Whoever has to read it should be spared.
    distressing: Annotated[bool, BeforeValidator(lambda typed: typed in (True, "on"))] = False


class Verdict(BaseModel):
    """The form of a decision. `version` of the post and newest `report` are those that the moderator saw."""

    act: Act
    rule: RuleNumber = None
    reason: Annotated[Paragraphs, sized(0, REASON_MAX)] = ""
    version: RowId
    report: RowId = 0

    @model_validator(mode="after")
    def _drop_what_the_act_does_not_say(self) -> Self:
        """One form serves every act: a comment begun before the post was approved after all is not published."""
        self.rule = self.rule if self.act in MAY_CITE_A_RULE else None
        self.reason = self.reason if self.act is not Act.APPROVE else ""
        return self


@dataclass(frozen=True, slots=True)
class Urgency:
    """When somebody should have looked, and in words why then."""

    due_at: datetime
    late: bool
    pressing: bool
    because: tuple[str, ...]
    # Other words are in question than those of the post that stands for them.
    of_poll: bool = False


def can_see_queue(actor: Actor) -> Ruling:
    if not (ruling := can_take_part(actor)):
        return ruling
    return ALLOWED if actor.is_moderator else Ruling(_("審査の担当者だけが開けます。"))


def can_review(actor: Actor, post: Judged) -> Ruling:
    """Moderators of the board, and nobody on their own words."""
    if not (ruling := can_see_queue(actor)):
        return ruling
    if not can_read(actor, post.board_kind) or not actor.moderates(post.board_id):
        return Ruling(_("この会議室の審査の担当者だけができます。"))
    if actor.wrote(post.author_id):
        return Ruling(_("自分の投稿は審査できません。ほかの担当者が確認します。"))
    return ALLOWED


def can_report(actor: Actor, post: Post | PostView) -> Ruling:
    """Whoever takes part, about the visible post of somebody else."""
    if not (ruling := can_take_part(actor)) or not (ruling := can_read(actor, post.board_kind)):
        return ruling
    if actor.wrote(post.author_id):
        return Ruling(_("自分の投稿は通報できません。取り下げることができます。"))
    if post.state != State.VISIBLE:
        return Ruling(_("公開されていない投稿は通報できません。"))
    return ALLOWED


def acts_on(state: str, *, returned: bool, reported: bool) -> tuple[Act, ...]:
    """What can be decided on a post in this state, the likeliest first.

    A withdrawn post cannot be read any more; its reports can only be closed, so that those who sent them hear of it.
    """
    if state == State.HELD:
        return (Act.APPROVE, Act.HIDE) if returned else (Act.APPROVE, Act.RETURN, Act.HIDE)
    if state == State.VISIBLE:
        return (Act.DISMISS, Act.HIDE) if reported else (Act.HIDE,)
    if state == State.HIDDEN:
        return (Act.RESTORE,)
    return (Act.DISMISS,) if reported else ()


def role_of(actor: Actor) -> Role:
    """The role in which somebody decides, as author and log are told: board moderators are moderators."""
    return Role.ADMINISTRATOR if actor.is_administrator else Role.MODERATOR


def lacking_in_complaint(complaint: Complaint, rules: Iterable[int]) -> dict[str, str]:
    """What is still to be filled in, by field."""
    if complaint.rule is None:
        return {} if complaint.note else {"note": _("何が問題か、書いてください。")}
    return {} if complaint.rule in rules else {"rule": _("選択肢から選んでください。")}


def lacking_in_verdict(verdict: Verdict, rules: Iterable[int]) -> dict[str, str]:
    """No post is hidden without a rule and a reason."""
    lacking: dict[str, str] = {}
    if verdict.act in NEEDS_RULE and verdict.rule is None:
        lacking["rule"] = _("どのきまりに当たるかを選んでください。")
    elif verdict.rule is not None and verdict.rule not in rules:
        lacking["rule"] = _("選択肢から選んでください。")
    if verdict.act in NEEDS_REASON and not verdict.reason:
        lacking["reason"] = _("理由を書いてください。書いた人に伝わります。")
    return lacking


def allowance(reporters: int, rules: Iterable[int | None]) -> timedelta:
    """How long a post with these open reports may wait: as long as the gravest reason allows, less with each reporter."""
    gravest = min((WITHIN.get(rule, REPORTED_WITHIN) for rule in rules if rule), default=REPORTED_WITHIN)
    return gravest / min(reporters, REPORTERS_MAX)


def urgency(
    due_at: datetime,
    now: datetime,
    *,
    since: datetime,
    reporters: int,
    rules: Iterable[int],
    titles: Mapping[int, str],
    settled: int = 0,
    confirmed: int = 0,
    reasons: Sequence[str] = (),
    noticed: Iterable[Hint] = (),
    of_poll: bool = False,
) -> Urgency:
    """Explains a place in the queue, which is ordered by `due_at` alone. `reasons`: why something waits that is no post. How
    many of the reporters' `settled` reports were `confirmed`, what was `noticed` in the words, and whether a report is
    `of_poll`, is told and moves nothing."""
    because = (
        *(reasons or _why_a_post_waits(reporters, rules, titles)),
        *([_("投票への通報")] if of_poll else []),
        _("%(time)s前から", time=spell(now - since)),
        _("目安は%(time)s以内", time=spell(due_at - since)),
        *(
            [_("通報した人のこれまでの通報%(all)s件のうち、%(n)s件が認められた", all=settled, n=confirmed)]
            if settled
            else []
        ),
        *_what_was_noticed(noticed),
    )
    return Urgency(
        due_at, late=now > due_at, pressing=now > due_at - PRESSING, because=because, of_poll=of_poll
    )


def _why_a_post_waits(reporters: int, rules: Iterable[int], titles: Mapping[int, str]) -> list[str]:
    if not reporters:
        return [_("公開前の投稿")]
    grave = sorted(rules, key=lambda rule: WITHIN.get(rule, REPORTED_WITHIN))
    return [_("%(n)s人が通報", n=reporters), *(titles[rule] for rule in grave)]


def _what_was_noticed(kinds: Iterable[Hint]) -> list[str]:
    names = _("、").join(_(KIND_NAMES[kind]) for kind in kinds)
    return [_("機械の手がかり：%(kinds)s（順番には関わらない）", kinds=names)] if names else []


def spell(span: timedelta) -> str:
    """A span of time as people say it, in one unit, rounded down."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s分", n=minutes)
    return _("%(n)s時間", n=minutes // 60) if minutes < 48 * 60 else _n("%(n)s日", n=minutes // (24 * 60))
