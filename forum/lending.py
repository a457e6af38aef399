"""Connections that go from one statement to the next. What the database library and the pool do to lend one takes twice as
long as a statement that is alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

# Of the ten of a process; transactions have the others.
AT_HAND = 2


class AtHand:
    """Of one pool that is open."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._free: list[Any] = []
        self._room = AT_HAND

    def __len__(self) -> int:
        return len(self._free)

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Any]:
        """For one statement."""
        connection = await self._taken()
        try:
            yield connection
        except BaseException:
            await self._pool.release(connection)  # which waits until what was broken off has ended
            raise
        if len(self._free) < self._room:
            self._free.append(connection)
        else:
            await self._pool.release(connection)

    async def _taken(self) -> Any:
        while self._free:
            connection = self._free.pop()
            if _works(connection):
                return connection
            await self._pool.release(connection)
        return await self._pool.acquire()

    async def close(self) -> None:
        """Gives them back, and those that are on the way when they come."""
        self._room = 0
        while self._free:
            await self._pool.release(self._free.pop())


def _works(connection: Any) -> bool:
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # it broke while nobody used it, and the pool took it back
        return False
