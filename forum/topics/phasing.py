"""Giving a discussion its phases, and changing them: what has begun keeps its name, what is over stays as it was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, create_model

from forum.access import ALLOWED, Actor, Ruling, can_speak
from forum.i18n import N_, _
from forum.posts.rules import State
from forum.proof import moment
from forum.text import EMPTY_IS_NONE, Day, Line, Version, sized
from forum.topics.polling import closes_at
from forum.topics.rules import Topic, can_read_topic
from forum.topics.timetable import Phase, Timed, place_in

NAME_MAX = 20
ASKS_MAX = 120
WORDS_MAX = 200
PHASES_MAX = 5
DAYS_MAX = 365
# How long each phase is proposed to be.
PROPOSED_DAYS = 14
# The usual course: what a form starts with.
USUAL = (
    (N_("課題出し"), N_("困っていること、気になることを書いてください。解決の案は、次の段階で。")),
    (N_("アイデア"), N_("こうしたらよい、という案を書いてください。ほかの人の案に足すのも歓迎です。")),
    (N_("集約"), N_("出た案を見くらべて、どれを市に伝えたいか、何が足りないかを書いてください。")),
)


class Act(StrEnum):
    PLANNED = "planned"
    CHANGED = "changed"
    MOVED_ON = "moved_on"
    PROLONGED = "prolonged"


ACT_NAMES = {
    Act.PLANNED: N_("進行を決めました"),
    Act.CHANGED: N_("進行を変えました"),
    Act.MOVED_ON: N_("予定より早く、次へ進めました"),
    Act.PROLONGED: N_("終わった話し合いを、また始めました"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form: a phase as typed. `number`: its place in the form."""

    number: int
    name: str
    asks: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Timetable:
    """A version of the phases of a topic, as it stays on record."""

    id: int
    topic_id: int
    number: int
    act: str
    phases: list[dict[str, str]]
    words: str
    by_id: int
    made_at: datetime
    sha256: str


FIELDS: dict[str, Any] = {
    "name": (Annotated[Line, sized(0, NAME_MAX)], ""),
    "asks": (Annotated[Line, sized(0, ASKS_MAX)], ""),
    "day": (Annotated[Day | None, EMPTY_IS_NONE], None),
}


class MovingOn(BaseModel):
    """The button that ends a phase before its day; `version`: of the timetable that the person saw."""

    version: Version


class Course(MovingOn):
    """The form with a few phases, and why they change."""

    words: Annotated[Line, sized(0, WORDS_MAX)] = ""


# With its fields: name_1, asks_1, day_1, name_2 and so on.
Planning = create_model(
    "Planning",
    __base__=Course,
    **{f"{name}_{n}": field for n in range(1, PHASES_MAX + 1) for name, field in FIELDS.items()},
)


def can_see_course(actor: Actor, topic: Topic) -> Ruling:
    """How a discussion goes, as long as everybody may read it."""
    if not (ruling := can_read_topic(actor, topic)):
        return ruling
    if topic.state != State.VISIBLE or topic.proposed:
        return Ruling(_("この話題は、いま公開されていません。"))
    return ALLOWED


def can_phase(actor: Actor, topic: Topic) -> Ruling:
    """Giving a discussion its time: those who keep its board, and the staff."""
    if not (ruling := can_see_course(actor, topic)) or not (ruling := can_speak(actor)):
        return ruling
    if not (actor.steers(topic.board_id) or actor.is_staff):
        return Ruling(_("話し合いの進行を決められるのは、この会議室の世話人と市の職員だけです。"))
    if topic.merged_into:
        return Ruling(_("この話題は、別の話題にまとめられました。"))
    if topic.locked:
        return Ruling(_("この話題の受付は終わりました。"))
    return ALLOWED


def rows(form: Course) -> list[Row]:
    """What was filled in."""
    typed = (
        Row(n, *(getattr(form, f"{name}_{n}") for name in ("name", "asks", "day")))
        for n in range(1, PHASES_MAX + 1)
    )
    return [row for row in typed if row.name or row.day or row.asks]


def proposed(topic: Timed, today: date, zone: tzinfo) -> Iterator[tuple[str, str, date | None]]:
    """The lines that the form starts with: those that are not over, or else the usual course."""
    left = topic.phases[topic.place :]
    yield from ((one.name, one.asks, one.until.astimezone(zone).date()) for one in left)
    if not topic.phases:
        for n, (name, asks) in enumerate(USUAL, 1):
            yield _(name), _(asks), today + timedelta(days=n * PROPOSED_DAYS)


def faults(topic: Timed, typed: Sequence[Row], now: datetime, zone: tzinfo) -> dict[str, str]:
    """One sentence for each field that cannot stand."""
    found, today = {}, now.astimezone(zone).date()
    earliest = today
    if topic.phase and (not typed or typed[0].number > 1):
        found["day_1"] = _("入力してください。")
    elif not typed:
        found["name_1"] = _("入力してください。")
    for row in typed:
        if not row.name and not _runs(topic, row):
            found[f"name_{row.number}"] = _("入力してください。")
        if row.day is None:
            found[f"day_{row.number}"] = _("入力してください。")
        elif not today <= row.day <= today + timedelta(days=DAYS_MAX):
            found[f"day_{row.number}"] = _("今日から%(most)s日後までの日を選んでください。", most=DAYS_MAX)
        elif row.day < earliest:
            found[f"day_{row.number}"] = _("前の段階より後の日を選んでください。")
        else:
            earliest = row.day + timedelta(days=1)
    return found


def replanned(topic: Timed, typed: Sequence[Row], now: datetime, zone: tzinfo) -> list[Phase]:
    """The phases from now on, after those that are over; the one that runs keeps its name and its beginning."""
    found, begins = list(topic.phases[: topic.place]), now
    for row in typed:
        assert row.day is not None
        current = topic.phase if _runs(topic, row) else None
        name, begins = (current.name, current.begins_at) if current else (row.name, begins)
        found.append(Phase(name, row.asks, begins, closes_at(row.day, zone)))
        begins = found[-1].ends_at
    return found


def _runs(topic: Timed, row: Row) -> bool:
    """Whether the line is that of the phase of now, which has no field for its name."""
    return topic.phase is not None and row.number == 1


def moved_on(phases: Sequence[Phase], now: datetime) -> list[Phase]:
    """The phase that runs ends now, and the next one begins, if there is one."""
    found, place = list(phases), place_in(phases, now)
    found[place] = replace(found[place], ends_at=now)
    if place + 1 < len(found):
        found[place + 1] = replace(found[place + 1], begins_at=now)
    return found


def document(made: Timetable, before: str) -> dict[str, object]:
    """What the hash of a timetable is made of (docs/provenance.md); `before`: the hash of the one before."""
    return {
        "act": made.act,
        "before": before,
        "number": made.number,
        "person": made.by_id,
        "phases": made.phases,
        "time": moment(made.made_at),
        "topic": made.topic_id,
        "words": made.words,
    }
