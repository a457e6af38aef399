"""Opinion maps: who may open one, who may answer, when, and what is asked next."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Role, Ruling, can_take_part
from forum.clock import last_moment
from forum.errors import Invalid
from forum.i18n import N_, _
from forum.text import Day, Paragraphs, sized
from moderation.digests.rules import Digest, can_edit

# Below, there is nothing to lay out on a plane; above, nobody answers them all.
POINTS_LEAST, POINTS_MOST = 3, 100
STATEMENT_MAX = 120
DAYS_MOST = 180
PROPOSED_DAYS = 14
REASON_MAX = 1000
# A point of which nobody has said anything: (½ · ½ · 9)².
NEW = 5.0625
LINE = re.compile(r"(\d{1,4})[\s.．、:：]+(\S.*)")


class Stage(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    DRAWN = "drawn"


class Stance(IntEnum):
    AGREE = 1
    DISAGREE = -1
    PASS = 0


STANCE_NAMES = {Stance.AGREE: N_("賛成"), Stance.DISAGREE: N_("反対"), Stance.PASS: N_("わからない")}


@dataclass(frozen=True, slots=True)
class Map:
    id: int
    digest_id: int
    opened_at: datetime
    closes_at: datetime
    drawn_at: datetime | None
    sha256: str | None

    @property
    def until(self) -> datetime:
        """The last moment that counts."""
        return last_moment(self.closes_at)


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence to agree or disagree to, and the group of opinions that it stands for."""

    id: int
    position: int
    group_id: int
    group_position: int
    statement: str
    priority: float
    # Says what may not be read any more, and does not say it here.
    covered: bool = False


def end_of(day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after the day. Raises Invalid for a day that is over, or far away."""
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    if end <= now:
        raise Invalid(last_day=_("これからの日を選んでください。"))
    if end > now + timedelta(days=DAYS_MOST + 1):
        raise Invalid(last_day=_("%(n)s日より先にはできません。", n=DAYS_MOST))
    return end


class Asking(BaseModel):
    """The form that opens a map: a line for each point, with the number of its group of opinions."""

    points: Annotated[Paragraphs, sized(1, POINTS_MOST * (STATEMENT_MAX + 10))]
    last_day: Day

    def closes_at(self, now: datetime, zone: ZoneInfo) -> datetime:
        return end_of(self.last_day, now, zone)


class Rescheduling(BaseModel):
    """Another last day, and why."""

    last_day: Day
    reason: Annotated[Paragraphs, sized(1, REASON_MAX)]

    def closes_at(self, found: Map, now: datetime, zone: ZoneInfo) -> datetime:
        """The first moment after the day. Raises Invalid as for a new map, and where nothing would change."""
        end = end_of(self.last_day, now, zone)
        if end == found.closes_at:
            raise Invalid(last_day=_("いまの最後の日と同じです。"))
        return end


@dataclass(frozen=True, slots=True)
class Change:
    """Another end of the time for answers, as it was made."""

    number: int
    closed_at: datetime
    closes_at: datetime
    reason: str
    made_at: datetime
    sha256: str = ""

    @property
    def was_until(self) -> datetime:
        return last_moment(self.closed_at)

    @property
    def until(self) -> datetime:
        return last_moment(self.closes_at)


class Answer(BaseModel):
    stance: Literal["agree", "disagree", "pass"]

    @property
    def value(self) -> Stance:
        return Stance[self.stance.upper()]


def statements(typed: str, groups: Collection[int]) -> list[tuple[int, str]]:
    """(number of the group, sentence) of each line; a group in which people differ may have several.

    Raises Invalid with the first line that is wrong.
    """
    found: list[tuple[int, str]] = []
    for line in filter(None, map(str.strip, typed.splitlines())):
        match = LINE.fullmatch(line)
        number = int(unicodedata.normalize("NFKC", match[1])) if match else 0
        if match is None or number not in groups:
            raise Invalid(points=_("論点の番号で始めてください：「%(line)s」", line=line[:40]))
        if len(match[2]) > STATEMENT_MAX:
            raise Invalid(
                points=_("1行は%(most)s文字以内です：「%(line)s」", most=STATEMENT_MAX, line=line[:40])
            )
        found.append((number, match[2].strip()))
    if not POINTS_LEAST <= len(found) <= POINTS_MOST:
        raise Invalid(
            points=_("%(least)s行から%(most)s行で書いてください。", least=POINTS_LEAST, most=POINTS_MOST)
        )
    return found


def stage(found: Map, now: datetime) -> Stage:
    if found.drawn_at:
        return Stage.DRAWN
    return Stage.OPEN if now < found.closes_at else Stage.CLOSED


def can_open(actor: Actor, digest: Digest, opened: bool) -> Ruling:
    """Whoever is responsible for a digest asks about it, once, when it is published and nothing in it changes any more."""
    if not (ruling := can_edit(actor, digest)):
        return ruling
    if not digest.is_published:
        return Ruling(_("公開したまとめについてだけ、賛否をたずねられます。"))
    if opened:
        return Ruling(_("このまとめについては、もうたずねています。"))
    return ALLOWED


def can_reschedule(actor: Actor, digest: Digest, found: Map, now: datetime) -> Ruling:
    """Whoever asked may give more or less time, as long as people answer."""
    if not (ruling := can_edit(actor, digest)):
        return ruling
    return ALLOWED if stage(found, now) is Stage.OPEN else Ruling(_("締め切りました。"))


def can_answer(actor: Actor, found: Map, now: datetime) -> Ruling:
    """Residents, one answer each, also who keeps or moderates a board: nobody sees a count before the end, and they live here.
    Not who works for the city or judges for the whole room."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.own_role is not Role.RESIDENT:
        return Ruling(_("住民の考えを見るためのものなので、市の職員と審査担当者は答えられません。"))
    if stage(found, now) is not Stage.OPEN:
        return Ruling(_("締め切りました。"))
    return ALLOWED


def next_point(points: Iterable[Point], answered: Collection[int], who: str) -> Point | None:
    """What this person is asked next: by chance, and the likelier the higher its priority.

    The chance stays the same for one person and point, so that loading the page again shows nothing else.
    """
    waiting = [point for point in points if point.id not in answered]
    return max(waiting, key=lambda point: chance(who, point.id) ** (1 / point.priority), default=None)


def chance(who: str, point_id: int) -> float:
    """Between 0 and 1, by person and point."""
    return int.from_bytes(hashlib.sha256(f"{who}:{point_id}".encode()).digest()[:7]) / 2**56


def still_needed(points: Sequence[Point], answered: int, needed: int) -> int:
    """How many more answers until somebody is counted for certain."""
    return max(0, min(needed, len(points)) - answered)
