"""How many connections one person, or one address, may hold at a time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Seats:
    """Counts connections by whom they are for; a name that holds as many as it may gets no more."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, most: Mapping[str, int]) -> Iterator[bool]:
        """One seat for each name, for the length of the block; whether there was room. `most` is what each may hold."""
        if any(self._taken[name] >= limit for name, limit in most.items()):
            yield False
            return
        self._taken.update(most.keys())
        try:
            yield True
        finally:
            self._taken.subtract(most.keys())
            for name in most:
                if not self._taken[name]:
                    del self._taken[name]

    def __len__(self) -> int:
        """Names that hold any."""
        return len(self._taken)
