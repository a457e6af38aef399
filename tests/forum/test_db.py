import asyncio
from threading import Thread

import asyncpg
import pytest

from forum.db import as_libpq, connected


async def test_a_task_queries_again_after_its_connection_broke(own_database: str) -> None:
    """As when the database restarts: the end is noticed only when the open transaction is to be undone."""

    async def end(process: int) -> None:
        other = await asyncpg.connect(as_libpq(own_database))
        await other.execute("select pg_terminate_backend($1, 5000)", process)
        await other.close()

    async def break_one() -> None:
        async with db.raw() as connection:
            await connection.execute("begin")
            # In another thread, for which this one waits: the event loop hears nothing of it.
            apart = Thread(target=asyncio.run, args=(end(connection.get_server_pid()),))
            apart.start()
            apart.join()

    async with connected(own_database) as db:
        with pytest.raises((asyncpg.PostgresError, asyncpg.InternalClientError, OSError)):
            await break_one()
        assert await db.value("select 1") == 1
