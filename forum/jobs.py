"""Background work as rows: enqueued in the transaction that needs it, run by PgQueuer."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import asyncpg
import structlog
from pgqueuer import AsyncpgDriver, DatabaseRetryEntrypointExecutor, Job, PgQueuer, Queries
from pgqueuer.core.executors import EntrypointExecutorParameters
from pgqueuer.models import Schedule

from forum import clock
from forum.connecting import connect
from forum.db import AWAY, Database, as_libpq
from forum.web import Site
from realtime.broker.postgres import GONE

log = structlog.get_logger()

Thing = TypeVar("Thing")
Handler = Callable[[Site, dict[str, Any]], Awaitable[None]]
# With exponential backoff up to five minutes: a mail server may be away for a quarter of an hour.
ATTEMPTS_MAX = 10
RECONNECT_SECONDS = 2
# A new job announces itself; one that waits to be tried again is found by looking.
POLL_SECONDS = 10.0
# The database says when a job is due; the clock of whoever does it may be behind.
CLOCKS_DIFFER = timedelta(seconds=2)
# At a minute of its own, away from what everybody does on the hour.
HOURLY = "17 * * * *"


async def enqueue(
    db: Database, name: str, *payloads: Mapping[str, object], after: timedelta | None = None
) -> None:
    """Asks for the job `name`, once for each payload; it runs if and when the transaction commits, or so long after."""
    if not payloads:
        return
    written: list[bytes | None] = [json.dumps(payload).encode() for payload in payloads]
    async with db.raw() as connection:
        await Queries(AsyncpgDriver(connection)).enqueue(
            [name] * len(written), written, [0] * len(written), [after] * len(written)
        )


async def cancel(db: Database, name: str) -> None:
    """Takes back every job `name` that waits."""
    async with db.raw() as connection:
        await Queries(AsyncpgDriver(connection)).clear_queue(name)


async def waiting(db: Database, name: str) -> list[dict[str, Any]]:
    """The payloads of all jobs `name` that are still to be done, or are done now; none that failed for good."""
    rows = await db.rows(
        "select payload from pgqueuer where entrypoint = :name and status <> 'failed' order by id", name=name
    )
    return [json.loads(row["payload"] or b"{}") for row in rows]


async def each(things: Iterable[Thing], do: Callable[[Thing], Awaitable[object]]) -> None:
    """Does it to every one of them: what fails keeps the others from nothing, and is raised when they are done."""
    failed: list[Exception] = []
    for thing in things:
        try:
            await do(thing)
        except Exception as error:  # raised below
            failed.append(error)
    if failed:
        raise ExceptionGroup("some were not done", failed)


@dataclass(frozen=True, slots=True)
class State:
    """The jobs in one state of the queue (queued, picked, failed): how many, and how long the first is overdue."""

    name: str
    jobs: int
    overdue_seconds: float


async def states(db: Database) -> list[State]:
    """Every state that some job is in."""
    return await db.records(
        State,
        """
        select cast(status as text) as name, count(*) as jobs,
               greatest(0, cast(extract(epoch from :now - min(execute_after)) as float)) as overdue_seconds
        from pgqueuer group by status
        """,
        now=clock.now(),
    )


async def install(connection: asyncpg.Connection) -> None:
    """Creates the queue's own tables, or brings those of an older release up to date."""
    queries = Queries(AsyncpgDriver(connection))
    if await queries.schema_is_installed():
        await queries.upgrade()
    else:
        await queries.install()


class Worker:
    """Runs jobs until stopped; a lost database connection is tried again."""

    def __init__(
        self,
        site: Site,
        database_url: str,
        handlers: Mapping[str, Handler],
        hourly: Mapping[str, Handler] | None = None,
    ) -> None:
        self._site = site
        self._url = as_libpq(database_url)
        self._handlers = handlers
        self._hourly = hourly or {}
        self._queue: PgQueuer | None = None
        self._stopping = False

    async def run(self) -> None:
        """Works until `stop`, connecting again as often as it takes."""
        logging.getLogger("pgqueuer").addFilter(_in_a_line)
        while not self._stopping:
            try:
                connection = await connect(self._url)
            except GONE as error:
                log.warning("worker.unreachable", error=str(error))
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            try:
                if self._stopping:  # since it began to connect
                    return
                self._queue = self._make_queue(connection)
                await self._queue.run(dequeue_timeout=timedelta(seconds=POLL_SECONDS))
            except GONE as error:
                log.warning("worker.disconnected", error=str(error))
                await asyncio.sleep(RECONNECT_SECONDS)
            except Exception:  # the queue itself broke: mail must go on, and the log must say so
                log.exception("worker.failed")
                await asyncio.sleep(RECONNECT_SECONDS)
            finally:
                with suppress(*GONE):
                    await connection.close(timeout=2)

    def stop(self) -> None:
        """Lets running jobs finish, then ends `run`."""
        self._stopping = True
        if self._queue is not None:
            self._queue.shutdown.set()

    def _make_queue(self, connection: asyncpg.Connection) -> PgQueuer:
        queue = PgQueuer.from_asyncpg_connection(connection)
        for name, handler in self._handlers.items():
            # A job that fails for good is kept where an operator finds it.
            queue.entrypoint(name, on_failure="hold", executor_factory=_retrying)(self._entry(name, handler))
        for name, handler in self._hourly.items():
            queue.schedule(name, HOURLY)(self._chore(name, handler))
        return queue

    def _entry(self, name: str, handler: Handler) -> Callable[[Job], Awaitable[None]]:
        async def entry(job: Job) -> None:
            structlog.contextvars.bind_contextvars(job=name, job_id=job.id)
            try:
                await handler(self._site, json.loads(job.payload or b"{}"))
            except Exception as error:
                _tell("job.failed", error, attempts=job.attempts)
                raise

        return entry

    def _chore(self, name: str, handler: Handler) -> Callable[[Schedule], Awaitable[None]]:
        async def chore(schedule: Schedule) -> None:
            structlog.contextvars.bind_contextvars(job=name)
            try:
                await handler(self._site, {})
            except Exception as error:  # the next hour tries again
                _tell("chore.failed", error)

        return chore


def _tell(event: str, error: Exception, **more: object) -> None:
    """With a traceback, unless somebody was away: the database, or whoever the job speaks to."""
    if isinstance(error, AWAY):
        log.error(event, error=repr(error), **more)
    else:
        log.exception(event, **more)


def _in_a_line(record: logging.LogRecord) -> bool:
    """Every part of the queue says at length that the connection is gone, of which `Worker.run` tells."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, GONE):
        record.msg, record.args, record.exc_info = f"{record.getMessage()}: {error}", (), None
    return True


def _retrying(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    return DatabaseRetryEntrypointExecutor(parameters, max_attempts=ATTEMPTS_MAX)
