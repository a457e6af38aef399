"""Two servers of one town as their readers meet them, once with PostgreSQL as the broker and once with Redis.

Whether every page ends as the database is, whatever happens on the way, is for tests/chaos/ to show.
"""

import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_asyncio

from forum.db import Database, connected
from realtime.protocol import MAX_FRAME_BYTES, Close, Ping, Pong, Refused, write
from tests.attackers import attackers
from tests.chaos.screen import Screen
from tests.conftest import SECRET
from tests.databases import a_database
from tests.factories import a_moderator, a_post, a_topic
from tests.realtime.raw import Op, endings, frame
from tests.server import Server, serving
from tests.sockets import browsing, listening, logged_in

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


ATTACKS: list[tuple[bytes, Close]] = [
    *[(frame(Op.TEXT, write(Ping()).encode()) * 5_000, Close.FLOOD)] * 10,
    *[(frame(Op.TEXT, b"}{"), Close.GARBAGE)] * 10,
    *[(frame(Op.BINARY, bytes(1000)), Close.GARBAGE)] * 10,
    *[(frame(Op.TEXT, b"x" * (MAX_FRAME_BYTES + 1)), Close.TOO_BIG)] * 5,
    *[(frame(Op.TEXT, b"x" * 1_000_000), Close.TOO_BIG)] * 5,
    *[
        (frame(Op.TEXT, b'{"type":"subscribe","channels":{"topic:999999999999999999999":0}}' * n), Close.GARBAGE)
        for n in (2, 9)
    ],
]  # fmt: skip


async def test_floods_and_garbage_leave_the_room_alive(sites: Sites, db: Database) -> None:
    topic = await a_topic(db)
    site, channel = sites[0], f"topic:{topic.topic_id}"
    start = await Screen([site], topic.topic_id, random.Random()).page()
    async with listening(site) as reader, browsing(site) as guest:
        await reader.subscribe({channel: start[0]})
        with attackers() as elsewhere:
            ended = elsewhere.submit(endings, site, [data for data, _ in ATTACKS])
            while not ended.done():
                assert (await guest.get("/")).status_code == 200
        assert ended.result() == [code for _, code in ATTACKS]

        await a_post(db, topic=topic, body="まだ聞こえますか。")
        while "まだ聞こえますか。" not in repr(await reader.next()):
            pass  # what happened before may be told late


async def test_channels_that_do_not_exist_are_refused(sites: Sites) -> None:
    names = ["topic:", "topic:x", "topic:0", f"topic:{'9' * 50}", "board:", "board:none", "x", "inbox:1"]
    async with listening(sites[0]) as socket:
        for held in (0, None):
            answers = await socket.subscribe(dict.fromkeys(names, held))
            assert answers == {name: Refused(channel=name) for name in names}


async def test_who_logs_out_loses_the_sockets_on_every_server(sites: Sites, db: Database) -> None:
    moderator = await a_moderator(db)
    channel = f"inbox:{moderator.id}"
    async with logged_in(sites[0], db, moderator) as client:
        session = client.cookies["session"]
        async with listening(sites[0], session) as here, listening(sites[1], session) as there:
            for socket in (here, there):
                assert (await socket.subscribe({channel: None}))[channel].type == "caught_up"
            await client.post("/logout")
            for socket in (here, there):
                assert await socket.closed() == Close.JUDGE_ANEW


async def test_a_server_that_stops_says_so_to_its_readers(town_database: str, tmp_path: Path) -> None:
    async with a_server(tmp_path, town_database) as server, listening(server.url) as socket:
        await socket.send(Ping())
        assert await socket.next() == Pong()
        server.process.terminate()
        assert await socket.closed() == Close.RESTART
