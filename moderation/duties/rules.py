"""当番: who looks after the review on which day, for one board or for all. Where nobody does there is a gap, and it shows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.boards.rules import Board, can_read
from forum.i18n import N_, _
from forum.text import Day

# The weeks that a page shows, and how far ahead and for how long at once somebody may enter.
WEEKS = 4
DAYS_AHEAD_MAX = 366
DAYS_AT_ONCE_MAX = 31

RowId = Annotated[int, Field(ge=0, lt=2**63)]


class Entry(BaseModel):
    """The form: who, on which board (0: all of them), from and until which day."""

    account_id: RowId
    board_id: RowId = 0
    start: Day
    end: Day

    @field_validator("end")
    @classmethod
    def _some_days(cls, end: date, earlier: ValidationInfo) -> date:
        start = earlier.data.get("start", end)
        if not 0 <= (end - start).days < DAYS_AT_ONCE_MAX:
            raise PydanticCustomError(
                "end", N_("終わりの日は、始まりの日から%(n)s日以内にしてください。"), {"n": DAYS_AT_ONCE_MAX}
            )
        return end

    @property
    def days(self) -> list[date]:
        return [self.start + timedelta(days=n) for n in range((self.end - self.start).days + 1)]


class Held(BaseModel):
    """Who had the day when the page was made."""

    holder: RowId


class Handover(Held):
    """The form of a hand-over: to whom."""

    account_id: RowId


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody's day; without a board: on all of them."""

    id: int
    account_id: int
    pen_name: str
    board_id: int | None
    board_name: str | None
    board_name_en: str | None
    day: date


@dataclass(frozen=True, slots=True)
class OnDay:
    """Who is on duty on a day, and the boards for which nobody is."""

    day: date
    duties: Sequence[Duty]
    gaps: Sequence[Board]


def can_see_rota(actor: Actor) -> Ruling:
    if not (ruling := can_take_part(actor)):
        return ruling
    return ALLOWED if actor.is_moderator else Ruling(_("審査の担当者だけが開けます。"))


def can_plan(actor: Actor, board: Board | None) -> Ruling:
    """Moderators plan their boards among themselves: whoever may be on duty may also enter, hand over and step in.
    Without a board: duty on all of them."""
    if not (ruling := can_see_rota(actor)):
        return ruling
    if actor.moderates_everywhere if board is None else actor.moderates(board.id):
        return can_read(actor, board.kind) if board else ALLOWED
    return Ruling(_("この会議室の審査の担当者だけができます。"))


def able(people: Sequence[Actor], boards: Sequence[Board]) -> dict[int | None, list[Actor]]:
    """Who may be on duty, by board; None: on all of them."""
    places: list[Board | None] = [None, *boards]
    return {one.id if one else None: [who for who in people if can_plan(who, one)] for one in places}


def lacking_in_entry(entry: Entry, today: date) -> dict[str, str]:
    """What is past is past; what is far away is a slip."""
    if entry.start < today:
        return {"start": _("過ぎた日は変えられません。")}
    if entry.end > today + timedelta(days=DAYS_AHEAD_MAX):
        return {"end": _("1年より先の日は入れられません。")}
    return {}


def weeks(today: date, page: int = 1) -> list[list[date]]:
    """Those of a page; the first one begins with today's Monday."""
    first = _monday(today) + timedelta(weeks=WEEKS * (page - 1))
    return [[first + timedelta(days=7 * week + day) for day in range(7)] for week in range(WEEKS)]


def page_of(day: date, today: date) -> int:
    """The page with this day."""
    return (day - _monday(today)).days // 7 // WEEKS + 1


def last_page(today: date) -> int:
    """The page with the last day for which somebody may be entered."""
    return page_of(today + timedelta(days=DAYS_AHEAD_MAX), today)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def on_day(day: date, duties: Sequence[Duty], boards: Sequence[Board]) -> OnDay:
    """`boards`: those that should be looked after."""
    of_day = [duty for duty in duties if duty.day == day]
    covered = {duty.board_id for duty in of_day}
    return OnDay(day, of_day, [] if None in covered else [one for one in boards if one.id not in covered])


def stand_in(duty: Duty, people: Sequence[Actor], duties: Sequence[Duty]) -> Actor | None:
    """Whom to ask first: of those who may, whoever has the fewest days, and none on this one."""
    days = Counter(one.account_id for one in duties)
    busy = {one.account_id for one in duties if one.day == duty.day}
    free = [one for one in people if one.id not in busy]
    return min(free, key=lambda one: days[one.id or 0], default=None)
