"""Work that is asked for in a transaction is done after it, by a worker that nothing stops."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from pgqueuer import PgQueuer
from structlog.testing import capture_logs

from forum import jobs
from forum.db import Database, connected
from forum.jobs import Worker, enqueue
from forum.settings import Settings
from forum.site import make_site
from forum.web import Site

SOON = 20


@asynccontextmanager
async def working(
    settings: Settings, db: Database, url: str, kind: type[Worker] = Worker
) -> AsyncIterator[asyncio.Queue[int]]:
    """A worker, and the errands that it has run."""
    done: asyncio.Queue[int] = asyncio.Queue()

    async def errand(_site: Site, payload: dict[str, Any]) -> None:
        await done.put(payload["n"])

    worker = kind(make_site(settings, db), url, {"errand": errand})
    task = asyncio.create_task(worker.run())
    yield done
    worker.stop()
    await task


async def test_a_job_is_done_when_its_transaction_commits(settings: Settings, own_database: str) -> None:
    async with connected(own_database) as db:
        with pytest.raises(ZeroDivisionError):
            await ask_in_vain(db)
        async with db.transaction():
            await enqueue(db, "errand", {"n": 2})
        async with working(settings, db, own_database) as done, asyncio.timeout(SOON):
            assert await done.get() == 2
            assert done.empty()


async def ask_in_vain(db: Database) -> None:
    async with db.transaction():
        await enqueue(db, "errand", {"n": 1})
        raise ZeroDivisionError


async def test_a_worker_that_is_stopped_while_it_connects_stops(
    settings: Settings, own_database: str
) -> None:
    async with connected(own_database) as db:
        worker = Worker(make_site(settings, db), own_database, {})
        task = asyncio.create_task(worker.run())
        await asyncio.sleep(0)  # on its way to the database
        worker.stop()
        async with asyncio.timeout(SOON):
            await task


async def test_a_worker_survives_a_queue_that_breaks(
    settings: Settings, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RECONNECT_SECONDS", 0.05)
    async with (
        connected(own_database) as db,
        working(settings, db, own_database) as done,
        asyncio.timeout(SOON),
    ):
        with capture_logs() as logs:
            async with db.transaction():
                await enqueue(db, "errand", {"n": 1})
                await db.run("update pgqueuer set headers = to_jsonb(cast('unreadable' as text))")
            while not any(entry["event"] == "worker.failed" for entry in logs):  # noqa: ASYNC110 - a log line wakes nobody
                await asyncio.sleep(0.02)
        await db.run("update pgqueuer set headers = null, status = 'queued', queue_manager_id = null")
        assert await done.get() == 1


class Unlucky(Worker):
    """Loses its first connection before it asks anything."""

    lost = False

    def _make_queue(self, connection: asyncpg.Connection) -> PgQueuer:
        if not self.lost:
            self.lost = True
            connection.terminate()
        return super()._make_queue(connection)


async def test_a_connection_that_is_gone_as_work_begins_is_no_mistake_of_ours(
    settings: Settings, own_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Both parts of the queue fail of it, and each would say so with a traceback."""
    monkeypatch.setattr(jobs, "RECONNECT_SECONDS", 0.05)
    async with connected(own_database) as db, asyncio.timeout(SOON):
        await enqueue(db, "errand", {"n": 1})
        with capture_logs() as logs, caplog.at_level(logging.WARNING, "pgqueuer"):
            async with working(settings, db, own_database, Unlucky) as done:
                assert await done.get() == 1
    assert [line["event"] for line in logs] == ["worker.disconnected"]
    assert [(line.getMessage(), line.exc_info) for line in caplog.records] == [
        ("Manager failed during shutdown: connection is closed", None)
    ]


async def test_a_job_and_a_chore_that_lose_the_database_are_no_mistakes_of_ours(
    settings: Settings, own_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is tried again, and says in a line why."""
    monkeypatch.setattr(jobs, "HOURLY", "* * * * * *")
    tried: asyncio.Queue[str] = asyncio.Queue()

    async def errand(site: Site, payload: dict[str, Any]) -> None:
        await tried.put("errand")
        raise asyncpg.AdminShutdownError("terminating connection due to administrator command")

    async def chore(site: Site, payload: dict[str, Any]) -> None:
        await tried.put("chore")
        raise ConnectionError("the database is away")

    async with connected(own_database) as db, asyncio.timeout(SOON):
        await enqueue(db, "errand", {})
        worker = Worker(make_site(settings, db), own_database, {"errand": errand}, {"chore": chore})
        with capture_logs() as logs, caplog.at_level(logging.WARNING, "pgqueuer"):
            task = asyncio.create_task(worker.run())
            seen = {await tried.get()}
            while len(seen) < 2:
                seen.add(await tried.get())
            worker.stop()
            await task
    assert {line["event"] for line in logs} == {"job.failed", "chore.failed"}
    assert not [line for line in logs if line.get("exc_info")]
    assert not [record for record in caplog.records if record.exc_info]


async def test_what_fails_keeps_nothing_else_from_being_done_and_is_raised() -> None:
    done = []

    async def do(number: int) -> None:
        if number == 2:
            raise ValueError(number)
        done.append(number)

    with pytest.raises(ExceptionGroup) as failed:
        await jobs.each([1, 2, 3], do)
    assert done == [1, 3]
    assert [type(one) for one in failed.value.exceptions] == [ValueError]
    await jobs.each([4], do)
    assert done == [1, 3, 4]
