"""Acts in the order in which they happened, each at its own moment in the past."""

import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from forum import clock

Act = Callable[[], Awaitable[object]]


class Timeline:
    """Collects acts in any order and plays them by time; an act may add others that follow it."""

    def __init__(self, time_zone: str) -> None:
        self.zone = ZoneInfo(time_zone)
        self._today = clock.now().astimezone(self.zone).date()
        self._acts: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def moment(self, ago: str) -> datetime:
        """`"38d 08:12"`: 08:12 in the town, 38 days ago; `"-1d 08:12"`: tomorrow."""
        days, hour = ago.split("d ")
        day = self._today - timedelta(days=int(days))
        return datetime.combine(day, time.fromisoformat(hour), self.zone)

    def at(self, when: str | datetime, act: Act) -> None:
        moment = self.moment(when) if isinstance(when, str) else when
        heapq.heappush(self._acts, (moment, next(self._order), act))

    async def play(self) -> None:
        while self._acts:
            moment, _, act = heapq.heappop(self._acts)
            with clock.at(moment):
                await act()
