"""What this process made of topics and may give again, as long as it hears of every change."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from forum.events import topic_in

# What no event tells may be so old: names of people, boards and sections, a deadline that passes.
SECONDS = 2.0
THINGS_MAX = 400


@dataclass(frozen=True, slots=True)
class _Thing:
    made: float
    thing: Any


class Kept:
    """Of one process. An event takes away what was made of its topic; the things nobody asked for longest make room.

    Where events may be missing, nothing is kept and nothing found.
    """

    def __init__(self) -> None:
        # Whether every event arrives; an application that listens says so.
        self.hears: Callable[[], bool] = _deaf
        # Another one after every event: what was read before it may be older than the event.
        self.moment = 0
        self._things = OrderedDict[tuple[int, Hashable], _Thing]()

    def find(self, topic_id: int, key: Hashable) -> Any:
        """What was kept under the key, or None."""
        found = self._things.get((topic_id, key))
        if found is None or time.monotonic() - found.made > SECONDS or not self.hears():
            return None
        self._things.move_to_end((topic_id, key))
        return found.thing

    def keep(self, topic_id: int, key: Hashable, thing: object, since: int) -> None:
        """`since` is the moment from before anything was read for it."""
        if since != self.moment or not self.hears():
            return
        self._things[topic_id, key] = _Thing(time.monotonic(), thing)
        self._things.move_to_end((topic_id, key))
        if len(self._things) > THINGS_MAX:
            self._things.popitem(last=False)

    def hear(self, payload: str) -> None:
        """An event, as soon as it arrives: whoever handles it may be busy for a while."""
        about = topic_in(payload)
        self.moment += 1
        for known in [known for known in self._things if known[0] == about]:
            del self._things[known]

    def doubt(self) -> None:
        """Events may have been lost."""
        self.moment += 1
        self._things.clear()


def _deaf() -> bool:
    """Of a process that listens to nothing: a command, a test."""
    return False
