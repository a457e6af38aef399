"""Polls: a question with options, asked in a topic until a day. Everybody answers once and may think again until then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Ruling, can_speak, can_take_part
from forum.clock import last_moment
from forum.i18n import N_, _
from forum.posts.rules import State
from forum.proof import moment
from forum.text import Day, Line, Paragraphs, sized
from forum.topics.counting import Tally, losses, shared
from forum.topics.rules import Topic, can_read_topic

QUESTION_MAX = 100
OPTION_MAX = 60
OPTIONS_MAX = 10
DAYS_MAX = 90
PROPOSED_DAYS = 14
HIDDEN = N_("この話題の投票は、きまりに反したため、公開をやめました。理由は、審査の公開記録にあります。")
HIDDEN_ALONE = N_("この投票は、きまりに反したため、公開をやめました。理由は、審査の公開記録にあります。")


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKED = "ranked"


KIND_NAMES = {
    Kind.SINGLE: N_("一つだけ選ぶ"),
    Kind.MULTIPLE: N_("いくつでも選ぶ"),
    Kind.RANKED: N_("順位を付ける"),
}


def _options(typed: str) -> str:
    lines = [line.strip() for line in typed.split("\n") if line.strip()]
    if not 2 <= len(lines) <= OPTIONS_MAX:
        raise PydanticCustomError(
            "options", N_("2行から%(most)s行までで書いてください。"), {"most": OPTIONS_MAX}
        )
    if len(set(lines)) < len(lines):
        raise PydanticCustomError("options", N_("同じ選択肢が二つあります。"))
    if max(map(len, lines)) > OPTION_MAX:
        raise PydanticCustomError(
            "options", N_("選択肢は、一つ%(most)s文字以内で書いてください。"), {"most": OPTION_MAX}
        )
    return "\n".join(lines)


class NewPoll(BaseModel):
    """The form that opens a poll. `options`: one on each line; `closes`: the last day."""

    question: Annotated[Line, sized(2, QUESTION_MAX)]
    options: Annotated[Paragraphs, AfterValidator(_options)]
    kind: Kind
    closes: Day
    live: bool = False


class Ballot(BaseModel):
    """The form of an answer: the numbers of what is chosen, or a rank for each option."""

    choices: list[Annotated[int, Field(gt=0, le=OPTIONS_MAX)]] = []
    ranks: list[Annotated[int, Field(ge=0, le=OPTIONS_MAX)]] = []


@dataclass(frozen=True, slots=True)
class Poll:
    id: int
    topic_id: int
    question: str
    kind: str
    options: list[str]
    live: bool
    opened_by: int
    opened_at: datetime
    # The first moment that is too late.
    closes_at: datetime
    # By itself, whether or not all polls of its topic are.
    hidden: bool = False

    @property
    def until(self) -> datetime:
        """The last moment that is in time."""
        return last_moment(self.closes_at)


@dataclass(frozen=True, slots=True)
class Result:
    """The tally of a closed poll, as it stays on record when the ballots are forgotten."""

    poll_id: int
    ballots: int
    counts: list[int]
    pairs: list[int]
    places: list[int]
    sealed_at: datetime
    sha256: str

    @property
    def tally(self) -> Tally:
        return Tally(self.ballots, self.counts, self.pairs, self.places)


@dataclass(frozen=True, slots=True)
class Hiding:
    """That a poll was hidden by itself, its words, and the hashes of the decisions that hid it and showed it again."""

    poll_id: int
    question: str
    options: list[str]
    decision_sha256: str
    sha256: str
    lifted_sha256: str | None = None
    lift_sha256: str | None = None


def can_see_polls(actor: Actor, topic: Topic) -> Ruling:
    """A poll follows its topic: what is not shown to everybody asks nobody. Hidden ones are seen by those who judge them."""
    if not (ruling := can_read_topic(actor, topic)):
        return ruling
    if topic.state != State.VISIBLE or topic.proposed:
        return Ruling(_("この話題は、いま公開されていません。"))
    if topic.polls_hidden and not actor.moderates(topic.board_id):
        return Ruling(_(HIDDEN))
    return ALLOWED


def can_see_poll(actor: Actor, topic: Topic, poll: Poll) -> Ruling:
    """One of them, which may be hidden by itself."""
    if poll.hidden and not actor.moderates(topic.board_id):
        return Ruling(_(HIDDEN_ALONE))
    return can_see_polls(actor, topic)


def _is_asked(actor: Actor, topic: Topic) -> Ruling:
    """What is hidden is answered by nobody."""
    return Ruling(_(HIDDEN)) if topic.polls_hidden else can_see_polls(actor, topic)


def can_open_poll(actor: Actor, topic: Topic) -> Ruling:
    """Asking: whoever started the topic, those who keep its board, and the staff."""
    if not (ruling := _is_asked(actor, topic)) or not (ruling := can_speak(actor)):
        return ruling
    if not (actor.wrote(topic.author_id) or actor.steers(topic.board_id) or actor.is_staff):
        return Ruling(_("投票を始められるのは、話題を出した人、この会議室の世話人、市の職員だけです。"))
    if topic.merged_into or (topic.closed and not actor.steers(topic.board_id)):
        return Ruling(_("この話題の受付は終わりました。"))
    return ALLOWED


def can_vote(actor: Actor, topic: Topic, poll: Poll, now: datetime) -> Ruling:
    if not (ruling := _is_asked(actor, topic)):
        return ruling
    if poll.hidden:
        return Ruling(_(HIDDEN_ALONE))
    if now >= poll.closes_at:
        return Ruling(_("この投票は締め切りました。新しい票も、票の変更も受け付けていません。"))
    return can_take_part(actor)


def shows_counts(poll: Poll, now: datetime) -> bool:
    """Before the end only where whoever asks has said so at the beginning."""
    return poll.live or now >= poll.closes_at


def closes_at(last_day: datetime | Day, zone: tzinfo) -> datetime:
    """The end of the day in the town."""
    return datetime.combine(last_day + timedelta(days=1), time(tzinfo=zone))


def faults_of_poll(new: NewPoll, earlier: Sequence[Poll], now: datetime, zone: tzinfo) -> dict[str, str]:
    found, today = dict[str, str](), now.astimezone(zone).date()
    if not today <= new.closes <= today + timedelta(days=DAYS_MAX):
        found["closes"] = _("今日から%(most)s日後までの日を選んでください。", most=DAYS_MAX)
    if any(now < poll.closes_at for poll in earlier):
        found["question"] = _("この話題では、ほかの投票がまだ続いています。")
    return found


def faults(poll: Poll, ballot: Ballot) -> dict[str, str]:
    """What is wrong with an answer, by field."""
    options = len(poll.options)
    if poll.kind == Kind.RANKED:
        if len(ballot.ranks) != options or max(ballot.ranks) > options:
            return {"ranks": _("選択肢から選んでください。")}
        return {} if any(ballot.ranks) else {"ranks": _("一つ以上に順位を付けてください。")}
    if not ballot.choices:
        return {"choices": _("一つ以上選んでください。")}
    if max(ballot.choices) > options:
        return {"choices": _("選択肢から選んでください。")}
    if poll.kind == Kind.SINGLE and len(set(ballot.choices)) > 1:
        return {"choices": _("一つだけ選んでください。")}
    return {}


def ranks_of(poll: Poll, ballot: Ballot) -> list[int]:
    """The answer as it is kept: a rank for each option, 0 for none."""
    if poll.kind == Kind.RANKED:
        return ballot.ranks
    return [int(number in ballot.choices) for number in range(1, len(poll.options) + 1)]


def follows(result: Result) -> bool:
    """Whether the order is that of the counts; as it was written first, one more than an option loses to: 1, 1, 2."""
    lost = losses(result.counts, result.pairs)
    return result.places in (shared(lost), [1 + number for number in lost])


def hiding_document(hiding: Hiding) -> dict[str, object]:
    """What the hash of a poll's hiding is made of (docs/provenance.md)."""
    return {
        "decision": hiding.decision_sha256,
        "options": hiding.options,
        "poll": hiding.poll_id,
        "question": hiding.question,
    }


def lift_document(hiding: Hiding) -> dict[str, object]:
    """What the hash of its end is made of."""
    return {"decision": hiding.lifted_sha256, "hidden": hiding.sha256}


def document(poll: Poll, result: Result) -> dict[str, object]:
    """What the hash of a result is made of (docs/provenance.md)."""
    return {
        "ballots": result.ballots,
        "closed": moment(poll.closes_at),
        "counts": result.counts,
        "kind": poll.kind,
        "live": poll.live,
        "opened": moment(poll.opened_at),
        "options": poll.options,
        "pairs": result.pairs,
        "person": poll.opened_by,
        "places": result.places,
        "poll": poll.id,
        "question": poll.question,
        "sealed": moment(result.sealed_at),
        "topic": poll.topic_id,
    }
