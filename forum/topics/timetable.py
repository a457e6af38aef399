"""時間を決めた話し合い: the phases of a discussion, one after the other, until a day. What holds now follows from the clock."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from forum.clock import last_moment
from forum.proof import moment

KEPT = 1000


@dataclass(frozen=True, slots=True)
class Phase:
    name: str
    # What readers are asked to write in it.
    asks: str
    begins_at: datetime
    # The first moment that is too late.
    ends_at: datetime

    @property
    def until(self) -> datetime:
        """The last moment that is in time."""
        return last_moment(self.ends_at)


class Timed:
    """A topic that may have phases. `place`: how many of them were over when it was read."""

    __slots__ = ()
    locked: bool
    timetable: str
    place: int

    @property
    def phases(self) -> tuple[Phase, ...]:
        return phases_of(self.timetable)

    @property
    def phase(self) -> Phase | None:
        """The phase of now."""
        return self.phases[self.place] if self.place < len(self.phases) else None

    @property
    def over(self) -> bool:
        """The time that was given to the discussion has passed."""
        return bool(self.phases) and self.phase is None

    @property
    def closed(self) -> bool:
        return self.locked or self.over


@lru_cache(KEPT)
def phases_of(timetable: str) -> tuple[Phase, ...]:
    return tuple(
        Phase(
            one["name"],
            one["asks"],
            datetime.fromisoformat(one["begins"]),
            datetime.fromisoformat(one["ends"]),
        )
        for one in json.loads(timetable)
    )


def kept(phases: Sequence[Phase]) -> list[dict[str, str]]:
    """As the database and the hash have them."""
    return [
        {
            "asks": phase.asks,
            "begins": moment(phase.begins_at),
            "ends": moment(phase.ends_at),
            "name": phase.name,
        }
        for phase in phases
    ]


def place_in(phases: Sequence[Phase], now: datetime) -> int:
    """How many are over."""
    return sum(phase.ends_at <= now for phase in phases)


def last_turn(phases: Sequence[Phase], now: datetime) -> datetime:
    """When the phase of now began, or the last one ended."""
    return max(turn for phase in phases for turn in (phase.begins_at, phase.ends_at) if turn <= now)


def next_turn(phases: Sequence[Phase], now: datetime) -> datetime | None:
    """When the next phase begins, or the last one ends."""
    return min(
        (turn for phase in phases for turn in (phase.begins_at, phase.ends_at) if turn > now), default=None
    )
