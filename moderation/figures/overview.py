"""How the review is going: what waits and how long, what comes and goes, how often minds differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# What comes in and goes out is looked at by the day, what is decided by the season.
DAYS = 14
SEASON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on a board: still in time, or later than it should; `oldest`: since when the first."""

    slug: str
    name: str
    name_en: str
    in_time: int
    late: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """What came in to be looked at (held posts, reports), and the decisions."""

    day: date
    held: int
    reported: int
    decided: int


@dataclass(frozen=True, slots=True)
class Ruled:
    """What was decided under a rule. `seconded` and `agreed` as of a moderator."""

    rule: int
    hidden: int
    overturned: int
    seconded: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Boarded:
    """What was decided on a board. `seconded` and `agreed` as of a moderator."""

    slug: str
    name: str
    name_en: str
    decided: int
    hidden: int
    overturned: int
    seconded: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Moderator:
    """By the name of the log. `seconded`: another moderator judged the same post next; `agreed`: and came to the same."""

    label: str
    account_id: int
    decided: int
    seconded: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """What became of the proposals on a board that asks, or asked, for two people; `ended`: taken back or overtaken."""

    slug: str
    name: str
    name_en: str
    waiting: int
    confirmed: int
    declined: int
    ended: int


def every_day(found: Sequence[Day], today: date) -> list[Day]:
    """The last days without a gap, the newest first."""
    by_day = {one.day: one for one in found}
    days = (today - timedelta(days=n) for n in range(DAYS))
    return [by_day.get(day, Day(day, 0, 0, 0)) for day in days]
