"""Whether the queue holds what it should."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


def misplaced(name: str, wanted: Mapping[int, T], found: Mapping[int, T]) -> Iterator[str]:
    """One line for everything that should wait and does not, waits for no reason, or waits as something else."""
    for number in sorted(wanted.keys() | found.keys()):
        if number not in found:
            yield f"{name} {number}: waits for a moderator, and is not in the queue"
        elif number not in wanted:
            yield f"{name} {number}: is in the queue, and waits for nothing"
        elif wanted[number] != found[number]:
            yield f"{name} {number}: is in the queue as something else than it is"
