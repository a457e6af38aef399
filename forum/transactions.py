"""A transaction: one act, with the acts that are part of it, and what is told of all of them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self


class Transaction:
    """An act inside another has no savepoint of its own. Whoever passed over one that failed, and went on, would commit half
    of it: that fails as well. `around`: the one in which this one is an attempt, and which tells what this one would."""

    def __init__(self, around: Self | None = None) -> None:
        # Channels and payloads.
        self.told: list[tuple[str, str]] = []
        self._around = around
        self._is_broken = False

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """An act inside this one."""
        try:
            yield
        except BaseException:
            self._is_broken = True
            raise

    def end(self) -> list[tuple[str, str]]:
        """What is to be told now. Raises if a part failed."""
        if self._is_broken:
            raise RuntimeError("a part of the transaction failed, and was passed over")
        if self._around is None:
            return self.told
        self._around.told += self.told
        return []


class Transactions:
    """The one that each connection is in."""

    def __init__(self) -> None:
        self._of: dict[Any, Transaction] = {}

    def of(self, connection: Any) -> Transaction | None:
        return self._of.get(connection)

    @contextmanager
    def begun(self, connection: Any) -> Iterator[Transaction]:
        """A new one for the length of the block, in which there may be one already."""
        around = self._of.get(connection)
        self._of[connection] = Transaction(around)
        try:
            yield self._of[connection]
        finally:
            del self._of[connection]
            if around is not None:
                self._of[connection] = around
