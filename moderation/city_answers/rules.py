"""市の回答: 受付 → 検討中 → 回答済 → 反映. Who may take which step, what it needs, and who is reminded of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from forum.access import ALLOWED, Actor, Role, Ruling, can_take_part
from forum.boards.rules import Kind
from forum.i18n import N_, _
from forum.posts.rules import BODY_MAX, State
from forum.proof import moment
from forum.text import Day, Paragraphs, RowId, Version, fold, sized
from forum.topics.rules import Topic, answers_for_city, can_read_topic

PROPOSED_DAYS = 30
DAYS_MAX = 365


class Act(StrEnum):
    ASKED = "asked"
    CONSIDERING = "considering"
    ANSWERED = "answered"
    REFLECTED = "reflected"
    POSTPONED = "postponed"
    HANDED = "handed"


ACT_NAMES = {
    Act.ASKED: N_("担当課に回答を求める"),
    Act.CONSIDERING: N_("検討を始める"),
    Act.ANSWERED: N_("回答する"),
    Act.REFLECTED: N_("市政に反映したことを伝える"),
    Act.POSTPONED: N_("期限を延ばす"),
    Act.HANDED: N_("ほかの課に引き継ぐ"),
}
DONE_NAMES = {
    Act.ASKED: N_("担当課に回答を求めました"),
    Act.CONSIDERING: N_("検討を始めました"),
    Act.ANSWERED: N_("回答しました"),
    Act.REFLECTED: N_("市政に反映しました"),
    Act.POSTPONED: N_("期限を延ばしました"),
    Act.HANDED: N_("ほかの課に引き継ぎました"),
}
# The state of a topic, and the acts that may come next.
NEXT = {
    None: (Act.ASKED,),
    "received": (Act.CONSIDERING, Act.ANSWERED, Act.POSTPONED, Act.HANDED),
    "considering": (Act.ANSWERED, Act.POSTPONED, Act.HANDED),
    "answered": (Act.REFLECTED, Act.ANSWERED, Act.CONSIDERING),
    "reflected": (Act.REFLECTED,),
}
# These are said in the topic itself, as a reply that is marked.
SAID = (Act.ANSWERED, Act.REFLECTED)
# These alone say which section answers from now on.
MOVES = (Act.ASKED, Act.HANDED)


class Move(BaseModel):
    """The form of a step. `post`: a reply of one's own section that is the answer, instead of words."""

    act: Act
    words: Annotated[Paragraphs, sized(0, BODY_MAX)] = ""
    post: RowId | None = None
    section: RowId | None = None
    due: Day | None = None
    version: Version

    @field_validator("post", "section", "due", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None


class Promise(BaseModel):
    """The form by which a section promises answers on its board; without days it promises none."""

    days: Annotated[int, Field(ge=1, le=DAYS_MAX)] | None = None

    @field_validator("days", mode="before")
    @classmethod
    def _as_typed(cls, value: object) -> object:
        return fold(value) or None if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Step:
    """One step, as it stays on record."""

    id: int
    topic_id: int
    number: int
    act: str
    section_id: int
    due_at: datetime
    post_id: int | None
    words: str
    by_id: int
    made_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise of a board, as it stays on record; the database hashes it (migration 0076)."""

    id: int
    board_id: int
    days: int | None
    by_id: int
    made_at: datetime
    sha256: str


def state_after(act: str, before: str | None) -> str:
    """Asked or handed over, it is received anew; another day changes nothing but the day."""
    if act in MOVES:
        return "received"
    if act == Act.POSTPONED:
        assert before is not None
        return before
    return act


def can_ask_city(actor: Actor, topic: Topic) -> Ruling:
    """Asking a section about a discussion that nobody has to answer: who keeps the board, and any of the staff."""
    if not (ruling := can_take_part(actor)) or not (ruling := can_read_topic(actor, topic)):
        return ruling
    if topic.board_kind == Kind.STAFF or topic.state != State.VISIBLE or topic.proposed:
        return Ruling(_("この話題には回答を求められません。"))
    if not (actor.is_staff or actor.steers(topic.board_id)):
        return Ruling(_("この会議室の世話人と市の職員だけができます。"))
    return ALLOWED


def can_take(actor: Actor, topic: Topic, act: Act) -> Ruling:
    """Whether the person may take this step now: the staff of the section that owes the answer, and administrators."""
    if act not in NEXT[topic.answer_state]:
        return Ruling(_("いまの段階では、できません。"))
    if act is Act.ASKED:
        return can_ask_city(actor, topic)
    if not (ruling := can_take_part(actor)):
        return ruling
    if topic.state != State.VISIBLE:
        return Ruling(_("公開されていない話題には回答できません。"))
    if not answers_for_city(actor, topic):
        return Ruling(_("この話題を担当する課の職員だけができます。"))
    return ALLOWED


def open_acts(actor: Actor, topic: Topic) -> list[Act]:
    return [act for act in NEXT[topic.answer_state] if can_take(actor, topic, act)]


def faults(
    move: Move, topic: Topic, sections: Collection[int], replies: Collection[int], now: datetime, zone: tzinfo
) -> dict[str, str]:
    """What the step lacks, by field. `replies`: those that may be marked as the answer."""
    found = {}
    again = move.act is Act.CONSIDERING and topic.answer_state == "answered"
    delays = move.act is Act.POSTPONED or (move.act is Act.CONSIDERING and move.due is not None and not again)
    if move.act in SAID and move.post is None and not move.words:
        found["words"] = _("回答を書いてください。")
    if (delays or move.act is Act.HANDED) and not move.words:
        found["words"] = _("理由を書いてください。")
    if move.act in SAID and move.post is not None and move.words:
        found["post"] = _("書いた文章と選んだ返信のうち、どちらか一つを回答にしてください。")
    if move.post is not None and move.post not in replies:
        found["post"] = _("この課の職員が書いた返信から選んでください。")
    if move.act in MOVES and (move.section not in sections or move.section == topic.answer_section_id):
        found["section"] = _("課を選んでください。")
    if (again or move.act is Act.POSTPONED) and move.due is None:
        found["due"] = _("新しい期限を選んでください。")
    if move.due is not None and move.due < now.astimezone(zone).date():
        found["due"] = _("今日かそれより後の日を選んでください。")
    return found


def due_after(move: Move, topic: Topic, now: datetime, zone: tzinfo) -> datetime:
    """The first moment that is too late, after the step: as chosen, else as before, else in as many days as usual."""
    if move.due is None and topic.answer_due_at is not None:
        return topic.answer_due_at
    day = move.due or now.astimezone(zone).date() + timedelta(days=PROPOSED_DAYS)
    return datetime.combine(day + timedelta(days=1), time(tzinfo=zone))


def circles(people: Sequence[Actor], section_id: int) -> tuple[list[Actor], ...]:
    """The section that owes the answer; the administrators. Where nobody is in the first, the second hear at once."""
    administrators = [one for one in people if one.is_administrator]
    section = [one for one in people if one.role is Role.STAFF and one.section_id == section_id]
    return (section or administrators, administrators)


def document(step: Step, before: str) -> dict[str, object]:
    """What the hash of a step is made of (docs/provenance.md); `before`: the hash of the step before, or nothing."""
    return {
        "act": step.act,
        "before": before,
        "due": moment(step.due_at),
        "number": step.number,
        "person": step.by_id,
        "post": step.post_id,
        "section": step.section_id,
        "time": moment(step.made_at),
        "topic": step.topic_id,
        "words": step.words,
    }


def promise_document(promised: Promised, before: str) -> dict[str, object]:
    """The same of a promise; `before`: the hash of the one before on its board, or nothing."""
    return {
        "before": before,
        "board": promised.board_id,
        "days": promised.days,
        "person": promised.by_id,
        "promise": promised.id,
        "time": moment(promised.made_at),
    }
