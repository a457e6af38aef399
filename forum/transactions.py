"""A transaction: one act, with the acts that are part of it, and what is told of all of them."""

from collections.abc import Iterator
from contextlib import contextmanager


class Transaction:
    """An act inside another has no savepoint of its own. Whoever passed over one that failed, and went on, would commit half
    of it: that fails as well."""

    def __init__(self) -> None:
        # Channels and payloads.
        self.told: list[tuple[str, str]] = []
        self._is_broken = False

    @contextmanager
    def part(self) -> Iterator[None]:
        """An act inside this one."""
        try:
            yield
        except BaseException:
            self._is_broken = True
            raise

    def check(self) -> None:
        """Raises if a part failed."""
        if self._is_broken:
            raise RuntimeError("a part of the transaction failed, and was passed over")
