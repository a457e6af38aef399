"""What goes wrong in chaos, one thing after the other. Every kind happens once before any happens twice."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

import asyncpg

from forum.db import as_libpq
from forum.events import CHANNEL
from tests.chaos.line import Line
from tests.chaos.screen import Screen
from tests.chaos.town import Town

CLOCK_JUMP_SECONDS = 48 * 3600
PAUSE_SECONDS = 4.0
# Of the last messages, so many at a time are told again.
ECHOES, REMEMBERED = 2, 30
DATABASE_LOSSES = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

Kind = Callable[[], Awaitable[None]]


class Trouble:
    """The troublemaker, with a seed: the order of the troubles, and what they choose, is the same every time."""

    def __init__(self, town: Town, lines: list[Line], screens: list[Screen], seed: int) -> None:
        self._town = town
        self._lines = lines
        self._screens = screens
        self._chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.kinds: list[Kind] = [
            self.kill_a_process,
            self.break_lines,
            self.pause_readers,
            self.cut_off_the_broker,
            self.restart_the_database,
            self.jump_a_clock,
        ]
        if town.redis is not None:
            self.kinds.append(self.restart_redis)

    async def make(self, seconds: float, pause: Callable[[], Awaitable[None]]) -> None:
        """So long, and until every kind has been. Whatever was taken away is there again at the end."""
        end = time.monotonic() + seconds
        await pause()
        for kind in self._rounds():
            if time.monotonic() > end and self.counts[kind.__name__]:
                return
            await kind()
            self.counts[kind.__name__] += 1
            await pause()

    def _rounds(self) -> Iterator[Kind]:
        while True:
            yield from self._chance.sample(self.kinds, len(self.kinds))

    async def kill_a_process(self) -> None:
        self._chance.choice(self._town.sites).kill()

    async def break_lines(self) -> None:
        for line in self._lines:
            self.counts["broken connections"] += line.break_some(self._chance)

    async def pause_readers(self) -> None:
        for screen in self._chance.sample(self._screens, max(1, len(self._screens) // 10)):
            screen.reading.clear()
            asyncio.get_running_loop().call_later(self._chance.uniform(0, PAUSE_SECONDS), screen.reading.set)

    async def cut_off_the_broker(self) -> None:
        """End all LISTEN connections, as a restarted proxy before the database does."""
        with suppress(*DATABASE_LOSSES):  # it may be away just now
            server = await asyncpg.connect(as_libpq(self._town.database.url), timeout=2)
            await server.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'listening %'"
            )
            await server.close()

    async def restart_redis(self) -> None:
        assert self._town.redis is not None
        self._town.redis.stop()
        await asyncio.sleep(self._chance.uniform(0, 1))
        await asyncio.to_thread(self._town.redis.start)

    async def restart_the_database(self) -> None:
        """By a crash, the next time in good order, and so on."""
        crash = self.counts["restart_the_database"] % 2 == 0
        await asyncio.to_thread(self._town.database.restart, crash=crash)

    async def jump_a_clock(self) -> None:
        site = self._chance.choice(self._town.sites)
        site.jump(self._chance.uniform(-CLOCK_JUMP_SECONDS, CLOCK_JUMP_SECONDS))


class Echo:
    """Repeats what was published, late and in any order, on the channel where the real messages are."""

    def __init__(self, url: str, seed: int) -> None:
        self._url = as_libpq(url)
        self._chance = random.Random(seed)
        self._heard: list[str] = []
        self.echoes = 0

    async def shout(self) -> None:
        """Until cancelled, also beyond the end of a connection."""
        while True:
            with suppress(*DATABASE_LOSSES):
                await self._shout()
            await asyncio.sleep(0.1)

    async def _shout(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=2)
        try:
            own = connection.get_server_pid()
            await connection.add_listener(
                CHANNEL, lambda _, pid, __, payload: self._heard.append(str(payload)) if pid != own else None
            )
            while True:
                await asyncio.sleep(self._chance.uniform(0, 0.3))
                await connection.execute("select 1")  # or fail, if the database is another by now
                del self._heard[:-REMEMBERED]
                for payload in self._chance.sample(self._heard, min(ECHOES, len(self._heard))):
                    await connection.execute("select pg_notify($1, $2)", CHANNEL, payload)
                    self.echoes += 1
        finally:
            connection.terminate()
