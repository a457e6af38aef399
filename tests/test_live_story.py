"""Two servers of one town as their readers meet them, once with PostgreSQL as the broker and once with Redis.

Whether every page ends as the database is, whatever happens on the way, is for tests/chaos/ to show.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from forum.db import Database, connected
from realtime.protocol import (
    MAX_FRAME_BYTES,
    Close,
    Hello,
    Ping,
    Pong,
    Refused,
    Subscribe,
    read_server,
    write,
)
from tests.chaos.screen import Screen
from tests.conftest import SECRET
from tests.databases import a_database
from tests.factories import a_moderator, a_post, a_topic
from tests.server import Server, serving
from tests.sockets import OPENING_SECONDS, browsing, logged_in

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest_asyncio.fixture(scope="module")
async def town_database(server_url: str, template: str) -> AsyncIterator[str]:
    async with a_database(server_url, template) as url:
        yield url


@pytest_asyncio.fixture
async def db(town_database: str) -> AsyncIterator[Database]:
    async with connected(town_database) as db:
        yield db


Sites = list[str]


@pytest_asyncio.fixture(scope="module", params=["postgres", "redis"])
async def sites(
    request: pytest.FixtureRequest, town_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sites]:
    """Two servers of one town, with either broker between them."""
    broker = request.getfixturevalue("redis").url if request.param == "redis" else ""
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    async with a_server(one, town_database, broker) as first, a_server(two, town_database, broker) as second:
        yield [first.url, second.url]


def a_server(folder: Path, database: str, broker: str = "") -> AbstractAsyncContextManager[Server]:
    return serving(folder, DATABASE_URL=database, BROKER_URL=broker, SECRET_KEY=SECRET, WORKER="false")


@asynccontextmanager
async def live(site: str, session: str | None = None) -> AsyncIterator[ClientConnection]:
    address = site.replace("http", "ws", 1) + "/live"
    cookie = {"Cookie": f"session={session}"} if session else None
    async with connect(address, additional_headers=cookie, open_timeout=OPENING_SECONDS) as connection:
        assert read_server(await connection.recv()) == Hello()
        yield connection


async def test_floods_and_garbage_leave_the_room_alive(sites: Sites, db: Database) -> None:
    topic = await a_topic(db)
    site, channel = sites[0], f"topic:{topic.topic_id}"
    start = await Screen([site], topic.topic_id, random.Random()).page()

    async def send(*messages: str | bytes) -> int | None:
        async with live(site) as connection:
            with suppress(ConnectionClosed):
                for message in messages:
                    await connection.send(message)
                while True:
                    await connection.recv()
            return connection.close_code

    async def flood() -> int | None:
        return await send(*[write(Ping())] * 5_000)

    async with live(site) as reader, browsing(site) as guest:
        await reader.send(write(Subscribe(channels={channel: start[0]})))
        await reader.recv()
        attacks: list[Awaitable[int | None]] = [
            *(flood() for _ in range(10)),
            *(send("}{") for _ in range(10)),
            *(send(b"\x00" * 1000) for _ in range(10)),
            *(send("x" * (MAX_FRAME_BYTES + 1)) for _ in range(5)),
            *(send("x" * 1_000_000) for _ in range(5)),
            *(send('{"type":"subscribe","channels":{"topic:999999999999999999999":0}}' * n) for n in (2, 9)),
        ]
        codes = asyncio.gather(*attacks)
        assert (await guest.get("/")).status_code == 200
        assert set(await codes) <= {Close.FLOOD, Close.GARBAGE, Close.TOO_BIG}

        await a_post(db, topic=topic, body="まだ聞こえますか。")
        told = ""
        async with asyncio.timeout(20):  # what happened before may be told late
            while "まだ聞こえますか。" not in told:
                told = repr(read_server(await reader.recv()))


async def test_channels_that_do_not_exist_are_refused(sites: Sites) -> None:
    names = ["topic:", "topic:x", "topic:0", f"topic:{'9' * 50}", "board:", "board:none", "x", "inbox:1"]
    async with live(sites[0]) as connection:
        for held in (0, None):
            await connection.send(write(Subscribe(channels=dict.fromkeys(names, held))))
            answers = [read_server(await connection.recv()) for _ in names]
            assert answers == [Refused(channel=name) for name in names]


async def test_who_logs_out_loses_the_sockets_on_every_server(sites: Sites, db: Database) -> None:
    moderator = await a_moderator(db)
    async with logged_in(sites[0], db, moderator) as client:
        session = client.cookies["session"]
        async with live(sites[0], session) as here, live(sites[1], session) as there:
            for connection in (here, there):
                await connection.send(write(Subscribe(channels={f"inbox:{moderator.id}": None})))
                assert read_server(await connection.recv()).type == "caught_up"
            await client.post("/logout")
            for connection in (here, there):
                with pytest.raises(ConnectionClosed):
                    await asyncio.wait_for(connection.recv(), 1)
                assert connection.close_code == Close.JUDGE_ANEW


async def test_a_server_that_stops_says_so_to_its_readers(town_database: str, tmp_path: Path) -> None:
    async with a_server(tmp_path, town_database) as server, live(server.url) as connection:
        await connection.send(write(Ping()))
        assert read_server(await connection.recv()) == Pong()
        server.process.terminate()
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(connection.recv(), 5)
        assert connection.close_code == Close.RESTART
