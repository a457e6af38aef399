"""Judging in pairs: on a board that asks for it, one moderator proposes what takes something away, and another confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.i18n import N_, _
from forum.posts.rules import Post, PostView, State
from forum.proof import moment
from forum.text import Paragraphs, sized
from moderation.reviews.acts import ABOUT, About, Act
from moderation.reviews.rules import REASON_MAX, RowId, can_review

# What takes something from somebody. A warning and a request to rewrite take nothing that could be read before.
NEEDS_TWO = {Act.HIDE, Act.MASK, Act.SILENCE, Act.SUSPEND}
# What harms for good while it can be read: personal information and danger to life, by number of the rule.
GRAVEST = {1, 11}
# A board whose moderators cannot confirm each other's proposals would decide nothing.
MODERATORS_MIN = 2


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    # Something else was decided first, or proposed anew for words that had changed.
    OVERTAKEN = "overtaken"


OUTCOME_NAMES = {
    Outcome.CONFIRMED: N_("2人目が確認"),
    Outcome.DECLINED: N_("2人目が認めず"),
    Outcome.WITHDRAWN: N_("取り下げ"),
    Outcome.OVERTAKEN: N_("別の判断が先"),
}


class Step(StrEnum):
    """What can be done with a proposal."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


STEP_DONE = {
    Step.CONFIRM: N_("2人目として確認しました。"),
    Step.DECLINE: N_("提案を認めませんでした。"),
    Step.WITHDRAW: N_("提案を取り下げました。"),
}


class Done(StrEnum):
    """What became of what a moderator wanted."""

    DECIDED = "decided"
    PROPOSED = "proposed"
    AT_ONCE = "at once"


PROPOSED_DONE = {
    Done.PROPOSED: N_("提案しました。もう1人の担当者が確認すると、実行されます。"),
    Done.AT_ONCE: N_("急ぐものなので、すぐに実行しました。もう1人の担当者の確認を待ちます。"),
}


class Answer(BaseModel):
    """The form at a proposal. `version` of the post is the one that was seen."""

    step: Step
    answer: Annotated[Paragraphs, sized(0, REASON_MAX)] = ""
    version: RowId


class Switch(BaseModel):
    """The form of a board: whether it asks for two people from now on, and why."""

    board: RowId
    asks: Literal["yes", "no"]
    why: Annotated[Paragraphs, sized(1, REASON_MAX)]


@dataclass(frozen=True, slots=True)
class Switched:
    """That a board asks for two people, or does so no more; for good on record."""

    id: int
    board_id: int
    asks: bool
    reason: str
    switched_by: int
    switched_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposed, and how that ended: once, for good."""

    id: int
    post_id: int
    revision_id: int
    version: int
    act: str
    rule_number: int
    rule_version: int
    reason: str
    days: int | None
    places: Sequence[Sequence[int]]
    proposed_by: int
    role: str
    proposed_at: datetime
    due_at: datetime
    enacted_by: int | None
    sha256: str
    outcome: str | None = None
    ended_by: int | None = None
    answer: str | None = None
    decision_id: int | None = None
    ended_at: datetime | None = None
    end_sha256: str | None = None

    @property
    def about(self) -> About:
        return ABOUT[Act(self.act)]

    def stale(self, post: Post | PostView, revision_id: int) -> bool:
        """Whether something else is there now than was judged. What happens to an author rests on the words alone."""
        if self.about is About.ACCOUNT:
            return self.revision_id != revision_id or post.state == State.WITHDRAWN
        return self.version != post.version


@dataclass(frozen=True, slots=True)
class Ending:
    """How a decision ends a proposal."""

    proposal: Proposal
    outcome: Outcome
    answer: str = ""

    @property
    def proposed_by(self) -> int | None:
        """Who decides together with whoever ends it."""
        return self.proposal.proposed_by if self.outcome is Outcome.CONFIRMED else None


def at_once(state: str, act: Act, rule: int | None) -> bool:
    """Whether the act takes effect before the second person has looked (docs/decisions/0018). What nobody can read yet
    harms nobody, and an author who is let write for some hours more can be hidden."""
    return state == State.VISIBLE and act in (Act.HIDE, Act.MASK) and rule in GRAVEST


def overtakes(act: Act, proposal: Proposal) -> bool:
    """Every decision that counts as a version of the post; what is about its author stays open."""
    return ABOUT[act] not in (About.TOPIC, About.ACCOUNT) and proposal.about is not About.ACCOUNT


def can_answer(actor: Actor, post: Post | PostView, proposal: Proposal) -> Ruling:
    """Whoever may review the post, of what keeps its author out whoever answers for all boards; and nobody their own proposal.
    No role is above this."""
    if not (ruling := can_review(actor, post)):
        return ruling
    if actor.id == proposal.proposed_by:
        return Ruling(_("自分の提案は確認できません。ほかの担当者が確認します。"))
    if proposal.about is About.ACCOUNT and not actor.moderates_everywhere:
        return Ruling(
            _("投稿の一時停止と利用停止は、すべての会議室を受け持つ担当者と管理者だけが確認できます。")
        )
    return ALLOWED


def can_withdraw(actor: Actor, post: Post | PostView, proposal: Proposal) -> Ruling:
    if not (ruling := can_review(actor, post)):
        return ruling
    return (
        ALLOWED if actor.id == proposal.proposed_by else Ruling(_("取り下げられるのは、提案した人だけです。"))
    )


def can_switch(actor: Actor) -> Ruling:
    """Whether two people are asked for is decided by those who answer for the whole room."""
    if not (ruling := can_take_part(actor)):
        return ruling
    return ALLOWED if actor.is_administrator else Ruling(_("管理者だけができます。"))


def document(proposal: Proposal, enacted_sha256: str | None) -> dict[str, object]:
    """What the hash of a proposal is made of (docs/provenance.md)."""
    return {
        "act": proposal.act,
        "days": proposal.days,
        "decision": enacted_sha256,
        "due": moment(proposal.due_at),
        "person": proposal.proposed_by,
        "places": [list(place) for place in proposal.places],
        "post": proposal.post_id,
        "reason": proposal.reason,
        "revision": proposal.revision_id,
        "role": proposal.role,
        "rule": proposal.rule_number,
        "rule_version": proposal.rule_version,
        "time": moment(proposal.proposed_at),
        "version": proposal.version,
    }


def end_document(proposal: Proposal, decision_sha256: str | None) -> dict[str, object]:
    """The same of its end, which covers the proposal."""
    return {
        "answer": proposal.answer,
        "decision": decision_sha256,
        "outcome": proposal.outcome,
        "person": proposal.ended_by,
        "proposal": proposal.sha256,
        "time": moment(proposal.ended_at) if proposal.ended_at else None,
    }


def switch_document(switched: Switched) -> dict[str, object]:
    return {
        "asks": switched.asks,
        "board": switched.board_id,
        "person": switched.switched_by,
        "reason": switched.reason,
        "time": moment(switched.switched_at),
    }
