"""Acts that wait for one another."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from forum.db import Database

T = TypeVar("T")

# Of this very transaction: the server has the databases of all processes, and in those, too, somebody waits.
SOMEBODY_WAITS = """
select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))
"""


async def waiting(db: Database, act: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """The act, as soon as it waits for what the transaction that is open here holds."""
    late = asyncio.create_task(act)
    while not await db.value(SOMEBODY_WAITS):
        assert not late.done()
    return late
