"""Connections that go from one statement to the next. What the database library and the pool do to lend one takes twice as
long as a statement that is alone."""

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
        # Statements for which the pool has none left.
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._free)

    async def take(self) -> Any:
        while self._free:
            connection = self._free.pop()
            if works(connection):
                return connection
            await self._pool.release(connection)
        self._waiting += 1
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1

    async def give_back(self, connection: Any, *, broken_off: bool) -> None:
        if len(self._free) < self._room and not (broken_off or self._waiting):
            self._free.append(connection)
        else:
            # To whoever waits; the pool itself waits until what was broken off has ended.
            await self._pool.release(connection)

    async def close(self) -> None:
        """Gives them back to the pool, and those that are on the way when they come."""
        self._room = 0
        while self._free:
            await self._pool.release(self._free.pop())


class Lent:
    """One of them, for one statement."""

    __slots__ = ("_connection", "_source")

    def __init__(self, source: AtHand) -> None:
        self._source = source

    async def __aenter__(self) -> Any:
        self._connection = await self._source.take()
        return self._connection

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self._source.give_back(self._connection, broken_off=kind is not None)


def works(connection: Any) -> bool:
    """Whether one of the pool's is still there."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # it broke while nobody used it, and the pool took it back
        return False
