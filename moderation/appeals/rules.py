"""Appeals: who may contest which decision until when, who may judge that, and what each outcome does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Ruling
from forum.boards.rules import can_read
from forum.clock import last_moment
from forum.i18n import N_, _
from forum.posts.rules import State
from forum.proof import moment
from forum.text import Paragraphs, sized
from moderation.reviews.acts import Act
from moderation.reviews.keeping import TAKEN_BACK_BY
from moderation.reviews.rules import APPEAL_WITHIN, REASON_MAX, RuleNumber
from moderation.reviews.sanctions import SANCTIONS

BODY_MAX = 2000
# Half of what the person had to think about it: whoever waits for an answer should not wait longer than that.
ANSWERED_WITHIN = timedelta(days=7)
# The day that a notice names counts whole, in whatever zone it was read.
GRACE = timedelta(days=1)


class Standing(StrEnum):
    """What gives somebody the right to appeal: their words were judged, or their report was dismissed."""

    AUTHOR = "author"
    REPORTER = "reporter"


class Outcome(StrEnum):
    UPHELD = "upheld"
    PARTLY = "partly"
    OVERTURNED = "overturned"


OUTCOME_NAMES = {
    Outcome.UPHELD: N_("もとの判断のとおり"),
    Outcome.PARTLY: N_("一部を認める"),
    Outcome.OVERTURNED: N_("異議を認める"),
}
# What each outcome does to a post whose judgement was contested. Overturning undoes the decision: what was hidden is
# shown, what was returned is shown as it is, what this decision masked can be read, what was reported without effect is
# hidden; of several sanctions, the one that was contested ends; a topic is opened, quickened or moved back,
# and posts go back to theirs. Reports stay
# answered, by the new decision in place of the old one; nobody has to report twice.
ANSWERS: dict[Act, dict[Outcome, Act]] = {
    Act.HIDE: {Outcome.UPHELD: Act.UPHOLD, Outcome.PARTLY: Act.RETURN, Outcome.OVERTURNED: Act.RESTORE},
    Act.RETURN: {Outcome.UPHELD: Act.UPHOLD, Outcome.OVERTURNED: Act.APPROVE},
    Act.MASK: {Outcome.UPHELD: Act.UPHOLD, Outcome.OVERTURNED: Act.UNMASK},
    Act.DISMISS: {Outcome.UPHELD: Act.UPHOLD, Outcome.OVERTURNED: Act.HIDE},
    **{act: {Outcome.UPHELD: Act.UPHOLD, Outcome.OVERTURNED: Act.REINSTATE} for act in SANCTIONS},
    **{act: {Outcome.UPHELD: Act.UPHOLD, Outcome.OVERTURNED: back} for act, back in TAKEN_BACK_BY.items()},
}
# Who may contest what. Being shown again is no harm that an appeal could undo: it can be reported.
MAY_CONTEST = {
    Standing.AUTHOR: {Act.HIDE, Act.RETURN, Act.MASK, *SANCTIONS, *TAKEN_BACK_BY},
    Standing.REPORTER: {Act.DISMISS},
}


@dataclass(frozen=True, slots=True)
class Contested:
    """A decision as an appeal sees it, with its post as it is now."""

    decision_id: int
    number: int
    act: str
    decided_at: datetime
    decided_by: int
    # Who decided it, or what it answers, or what was proposed for it.
    involved: Sequence[int]
    # On which board it was made: of a move, where the topic was before.
    made_on: int
    # Where its post is now: a topic that moved takes its appeals along.
    board_id: int
    board_kind: str
    post_id: int
    # Of a poll whoever asked it, of a transfer those whose posts it took along.
    authors: Sequence[int]
    # Whose reports it answered; of those about a poll only where something was done.
    reporters: Sequence[int]
    state: str
    returned: bool
    # The words are still those that were judged; something was decided since, about masks if this is about masks, and so on.
    same_words: bool
    later: bool
    appealed: bool
    # It was itself the answer to an appeal.
    answers: bool
    # What was asked, where it hid one poll.
    poll_question: str | None = None
    # The posts that it took to another topic, as far as everybody sees them.
    moved: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Appeal:
    """What was filed. It never changes; the answer is a decision of its own."""

    id: int
    decision_id: int
    appellant_id: int
    standing: str
    body: str
    filed_at: datetime
    due_at: datetime
    sha256: str
    # The decision on the appeal, and what it did.
    answer_id: int | None
    answer_act: str | None

    @property
    def open(self) -> bool:
        return self.answer_id is None

    @property
    def until(self) -> datetime:
        """The last moment that is in time for an answer."""
        return last_moment(self.due_at)


class Filing(BaseModel):
    """The form of an appeal."""

    body: Annotated[Paragraphs, sized(1, BODY_MAX)]


class Answer(BaseModel):
    """The form of the judgement. A rule is named when a post is hidden after all."""

    outcome: Outcome
    rule: RuleNumber = None
    reason: Annotated[Paragraphs, sized(1, REASON_MAX)]


def document(appeal: Appeal, decision_sha256: str) -> dict[str, object]:
    """What the hash of an appeal is made of (docs/provenance.md)."""
    return {
        "body": appeal.body,
        "decision": decision_sha256,
        "due": moment(appeal.due_at),
        "standing": appeal.standing,
        "time": moment(appeal.filed_at),
    }


def stands(contested: Contested) -> bool:
    """Whether the decision still has its effect: there is nothing to contest where it was taken back or overtaken."""
    if contested.later:
        return False
    if contested.act in SANCTIONS or contested.act in TAKEN_BACK_BY:
        return True
    if contested.act == Act.HIDE:
        return contested.state == State.HIDDEN
    if contested.act == Act.MASK:
        return contested.state != State.WITHDRAWN
    if contested.act == Act.RETURN:
        return contested.state == State.HELD and contested.returned
    return contested.state == State.VISIBLE and contested.same_words


def standing_of(actor: Actor, contested: Contested) -> Standing | None:
    """In which role this person may contest this kind of decision, if in any."""
    if contested.act in MAY_CONTEST[Standing.AUTHOR] and actor.id in contested.authors:
        return Standing.AUTHOR
    if contested.act in MAY_CONTEST[Standing.REPORTER] and actor.id in contested.reporters:
        return Standing.REPORTER
    return None


def can_appeal(actor: Actor, contested: Contested, now: datetime) -> Ruling:
    """Once, in time, by whom the decision concerns; suspended people, too."""
    if actor.is_guest:
        return Ruling(_("ログインしてください。"))
    if standing_of(actor, contested) is None:
        return Ruling(_("この判断に異議を申し立てられるのは、判断を受けた人だけです。"))
    if actor.id == contested.decided_by:
        return Ruling(_("自分がした判断に、異議を申し立てることはできません。"))
    if contested.appealed:
        return Ruling(_("この判断への異議申立ては、もう出ています。一つの判断に一度だけ申し立てられます。"))
    # Whoever lost a post on the appeal of somebody else was not heard yet; everybody else was.
    if contested.answers and contested.act != Act.HIDE:
        return Ruling(_("異議申立ての結果に、もう一度申し立てることはできません。"))
    if not stands(contested):
        return Ruling(_("この判断は、もう効力がありません。異議申立ての必要はありません。"))
    if now > contested.decided_at + APPEAL_WITHIN + GRACE:
        return Ruling(_("異議申立ての期限（判断から%(n)s日）を過ぎました。", n=APPEAL_WITHIN.days))
    return ALLOWED


def can_see_appeal(actor: Actor, contested: Contested, appellant_id: int) -> Ruling:
    """The person who appeals, and the moderators of the board; nobody what somebody says who has reported their words."""
    told_on = contested.act in MAY_CONTEST[Standing.REPORTER] and actor.id in contested.authors
    moderates = _may_read(actor, contested) and actor.moderates(contested.board_id)
    if actor.wrote(appellant_id) or (moderates and not told_on):
        return ALLOWED
    return Ruling(_("申し立てた人と、審査の担当者だけが見られます。"))


def can_answer(actor: Actor, contested: Contested, appellant_id: int) -> Ruling:
    """A moderator of the board who had no part in the decision and is no party. No role is above this."""
    if not _may_read(actor, contested) or not actor.moderates(contested.board_id) or not actor.confirmed:
        return Ruling(_("この会議室の審査の担当者だけができます。"))
    if actor.id in contested.involved:
        return Ruling(_("もとの判断に加わった人は、異議申立てを判断できません。ほかの担当者が判断します。"))
    if actor.wrote(appellant_id) or actor.id in (*contested.authors, *contested.reporters):
        return Ruling(_("自分に関わる異議申立ては判断できません。ほかの担当者が判断します。"))
    return ALLOWED


def _may_read(actor: Actor, contested: Contested) -> bool:
    return not actor.suspended and bool(can_read(actor, contested.board_kind))


def outcomes(contested: Contested) -> Sequence[Outcome]:
    """What may be decided now; nothing where the decision was overtaken."""
    return [*ANSWERS[Act(contested.act)]] if stands(contested) else []


def outcome_of(act: str, answer: str) -> Outcome:
    """What the act that answers an appeal against `act` means."""
    return next(outcome for outcome, does in ANSWERS[Act(act)].items() if does == answer)
