"""How far a compilation is, and whether somebody no longer wants it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

Told = Callable[[int, int], None]  # so many of so many


class Stage(Enum):
    """What takes time, as parts of a hundred: from and to."""

    CUTTING = (0, 10)
    COPIES = (10, 25)
    READING = (25, 45)
    COMPARING = (45, 70)
    JOINING = (70, 82)
    CHOOSING = (82, 86)
    COMING = (86, 90)
    NAMING = (90, 95)


class Cancelled(Exception):
    """Somebody stopped the compilation."""


@dataclass
class Progress:
    """Written by the thread that computes, read by the one that tells; `cancelled` the other way round."""

    percent: int = 0
    cancelled: bool = False

    def of(self, stage: Stage) -> Told:
        start, end = stage.value

        def told(done: int, of: int) -> None:
            if self.cancelled:
                raise Cancelled
            self.percent = start + (end - start) * done // max(of, 1)

        told(0, 1)
        return told

    def within(self, stage: Stage) -> Callable[[Stage], Told]:
        """Whatever is done counts as this stage."""
        told = self.of(stage)
        return lambda _part: told


def silent(_done: int, _of: int) -> None:
    """Tells nobody."""
