"""The one process that listens to PostgreSQL and carries what it hears to Redis, for all of them.

Which one is decided by a lock that belongs to a connection: when its holder dies, PostgreSQL frees the lock, and
another process carries on. Its first pulse is of a new session, which tells everyone to catch up on what was
said in between.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence

from realtime.broker import timing
from realtime.broker.postgres import Line, line_to
from realtime.broker.receiving import Patience, end_if_asked, persist

log = logging.getLogger(__name__)

# Two numbers that nobody else locks in the room's database.
LOCK = (20020331, 3)
TAKE_LOCK = "select pg_try_advisory_lock($1, $2)"
# A holder that was stopped, not ended, keeps its connection; its last pulse is long ago.
END_SILENT_HOLDER = """
    select bool_or(pg_terminate_backend(pid)) from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and classid = $1 and objid = $2 and granted and datname = current_database()
      and database = datid and query_start < clock_timestamp() - make_interval(secs => $3)
"""
# As many messages travel together as wait, up to so many.
TOGETHER = 1_000

Messages = Sequence[tuple[str, str]]


class Relay:
    """A candidate, and perhaps the holder. `send` publishes (topic, payload) pairs in order or raises; `missed`
    says whether nothing comes through."""

    def __init__(
        self,
        dsn: str,
        topics: Iterable[str],
        send: Callable[[Messages], Awaitable[None]],
        missed: Callable[[], bool],
    ) -> None:
        self._dsn = dsn
        self._topics = topics
        self._send = send
        self._missed = missed
        # Whether the database answered when last asked for.
        self.reached = False

    async def run(self) -> None:
        await persist("relay", self._serve)

    async def _serve(self, patience: Patience) -> None:
        self.reached = False
        async with line_to(self._dsn, "relay") as line:
            self.reached = True
            await self._wait_for_turn(line)
            log.info("broker: this process relays now")
            await self._carry(line, patience)

    async def _wait_for_turn(self, line: Line) -> None:
        while not await line.ask(TAKE_LOCK, *LOCK):
            end_if_asked()
            if self._missed() and await line.ask(END_SILENT_HOLDER, *LOCK, timing.SILENCE):
                log.warning("broker: ended the connection of a relay that had gone silent")
            await asyncio.sleep(random.uniform(timing.TURN / 2, timing.TURN))

    async def _carry(self, line: Line, patience: Patience) -> None:
        """Carries on what is heard until something fails, which raises and gives the lock back."""
        # Unbounded, but not for long: a `send` that takes its time fails.
        waiting: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        await line.listen(self._topics, lambda topic, payload: waiting.put_nowait((topic, payload)))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.stay())
            while True:
                messages = [await waiting.get()]
                while not waiting.empty() and len(messages) < TOGETHER:
                    messages.append(waiting.get_nowait())
                await self._send(messages)
                end_if_asked()
                patience.rewarded()
