"""The change-number story: whatever happens on the way, every open page ends as the database is.

Two real servers on one database. Four people write, edit, withdraw, lock and unlock; twenty readers listen, are
killed and come back, with what they held or as a new page; now and then the servers lose their LISTEN connections.
Once with PostgreSQL as the broker and once with Redis.
LIVE_STORY_SECONDS sets how long (8; 30 for the full story).
"""

import asyncio
import os
import random
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from forum.access import Actor, Role
from forum.db import Database, as_libpq, connected
from realtime.protocol import (
    MAX_FRAME_BYTES,
    CatchUp,
    Close,
    Deltas,
    Hello,
    Ping,
    Pong,
    Refused,
    Subscribe,
    read_server,
    write,
)
from tests.conftest import SECRET, a_database
from tests.factories import a_moderator, a_post, a_topic, an_account, the_post
from tests.people import a_guest, logged_in
from tests.realtime.reader import Reader
from tests.server import Server, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SECONDS = float(os.environ.get("LIVE_STORY_SECONDS", "8"))
WRITERS, READERS = 4, 20
SETTLE_SECONDS = 20

ARTICLE = re.compile(r'<article class="post.*?</article>', re.S)
HEAD = re.compile(r'(<header class="[^"]*" id="topic-head">.*?</header>)', re.S)
ID = re.compile(r'id="(post-\d+)"')
ORDER = re.compile(r'data-order="(\d+)"')
NUMBER = re.compile(r'data-live-number="(\d+)"')
LAST = re.compile(r'data-live-last="(\d+)"')
TO = re.compile(r'data-live-to="(\d+)"')


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
    async with connect(address, additional_headers=cookie) as connection:
        assert read_server(await connection.recv()) == Hello()
        yield connection


class Screen:
    """A reader's page of a whole topic, on whichever server answers."""

    def __init__(self, sites: Sites, topic_id: int) -> None:
        self.sites = sites
        self.topic_id = topic_id
        self.reader = Reader(f"topic:{topic_id}", held=0)
        self.connections = 0

    async def live_through(self, calm: asyncio.Event) -> None:
        """Comes and goes until it is calm, then stays."""
        while True:
            if self.connections == 0 or random.random() < 0.15:
                self.reader = Reader(f"topic:{self.topic_id}", *await self.page())
            # Killed without a goodbye, as by a tunnel; when it is calm, nobody is.
            with suppress(TimeoutError, ConnectionClosed):
                await self.listen(None if calm.is_set() else random.uniform(0.1, 2))

    async def listen(self, seconds: float | None) -> None:
        async with live(random.choice(self.sites)) as connection:
            self.connections += 1
            try:
                async with asyncio.timeout(seconds):
                    await self._converse(connection)
            finally:
                connection.transport.abort()

    async def _converse(self, connection: ClientConnection) -> None:
        questions: list[CatchUp] = []
        self.reader.reconnected()
        await connection.send(write(Subscribe(channels={self.reader.channel: self.reader.held})))
        while True:
            if self.reader.fetching:
                self.reader.fetched(*await self.page(), questions.append)
            while questions:
                await connection.send(write(questions.pop(0)))
            self.reader.take(read_server(await connection.recv()), questions.append)

    async def page(self) -> tuple[int, dict[str, str]]:
        """The change number, the head and the posts of the topic, page by page, over HTTP."""
        numbers, elements, page = list[int](), dict[str, str](), 1
        async with a_guest(random.choice(self.sites)) as client:
            while True:
                answer = await client.get(f"/topics/{self.topic_id}", params={"page": page})
                html = answer.raise_for_status().text
                numbers.append(_int(NUMBER, html))
                elements = {"topic-head": _text(HEAD, html)} | elements
                elements |= {_text(ID, article): article for article in ARTICLE.findall(html)}
                if _int(TO, html) >= _int(LAST, html):
                    return min(numbers), elements
                page += 1


async def write_for(seconds: float, client: httpx.AsyncClient, db: Database, topic_id: int) -> int:
    """One person's posts, edits and withdrawals; how many acts there were."""
    loop = asyncio.get_running_loop()
    end, acts, mine = loop.time() + seconds, 0, list[int]()
    while loop.time() < end:
        match random.choices(["reply", "edit", "withdraw", "lock"], [6, 3, 1, 1])[0]:
            case "edit" if mine:
                post = await the_post(db, random.choice(mine))
                answer = await client.post(
                    f"/posts/{post.id}/edit", data={"body": f"書き直し {acts}", "version": post.version}
                )
            case "withdraw" if mine:
                answer = await client.post(f"/posts/{mine.pop(random.randrange(len(mine)))}/withdraw")
            case "lock":
                answer = await client.post(f"/topics/{topic_id}/{random.choice(['lock', 'unlock'])}")
            case _:
                answer = await client.post(f"/topics/{topic_id}/replies", data={"body": f"意見 {acts}"})
                mine.append(int(_text(ID, answer.text).removeprefix("post-")))
        assert answer.status_code < 400, answer.text
        acts += 1
        await asyncio.sleep(random.uniform(0, 0.2))
    return acts


async def cut_off_the_brokers(database: str) -> None:
    """Again and again, as by a restarted proxy between the servers and the database."""
    server = await asyncpg.connect(as_libpq(database))
    try:
        while True:
            await asyncio.sleep(random.uniform(0.5, 3))
            await server.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and application_name like 'listening to %'"
            )
    finally:
        await server.close()


async def test_every_reader_ends_with_what_the_database_holds(
    sites: Sites, db: Database, town_database: str
) -> None:
    topic_id = (await a_topic(db)).topic_id
    people = [await an_account(db, Role.ADMINISTRATOR) for _ in range(WRITERS)]
    screens, calm = [Screen(sites, topic_id) for _ in range(READERS)], asyncio.Event()
    reading = [asyncio.create_task(screen.live_through(calm)) for screen in screens]
    saboteur = asyncio.create_task(cut_off_the_brokers(town_database))

    async def write_as(actor: Actor, site: str) -> int:
        async with logged_in(site, db, actor) as client:
            return await write_for(SECONDS, client, db, topic_id)

    acts = sum(await asyncio.gather(*(write_as(actor, sites[n % 2]) for n, actor in enumerate(people))))
    saboteur.cancel()
    calm.set()

    source = await asyncpg.connect(as_libpq(town_database))
    changes = await source.fetchval("select changes from topics where id = $1", topic_id)
    stored = await source.fetch("select id from posts where topic_id = $1 order by number", topic_id)
    await source.close()
    expected = [f"post-{row['id']}" for row in stored]
    held, page = await Screen(sites, topic_id).page()
    assert (held, in_order(page)) == (changes, expected)

    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            while any(screen.reader.held < changes for screen in screens):  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.05)
    for task in reading:
        assert not task.done() or task.exception() is None
        task.cancel()
    for screen in screens:
        assert screen.reader.held == changes
        assert in_order(screen.reader.elements) == expected
        assert screen.reader.elements == page, "word for word as on the page"
    connections = sum(screen.connections for screen in screens)
    summary = f"{acts} acts, {changes} changes, {len(expected)} posts, {connections} connections"
    print(summary)  # noqa: T201 - with -s, what the story was about


async def test_floods_and_garbage_leave_the_room_alive(sites: Sites, db: Database) -> None:
    topic = await a_topic(db)
    site, channel = sites[0], f"topic:{topic.topic_id}"
    start = await Screen([site], topic.topic_id).page()

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

    async with live(site) as reader, httpx.AsyncClient(base_url=site) as guest:
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
        frame = read_server(await asyncio.wait_for(reader.recv(), 10))
        assert isinstance(frame, Deltas)
        assert "まだ聞こえますか。" in frame.deltas[0].html


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


def in_order(elements: dict[str, str]) -> list[str]:
    """The posts among the elements of a page, as it shows them."""
    return sorted(elements.keys() - {"topic-head"}, key=lambda post: _int(ORDER, elements[post]))


def _text(pattern: re.Pattern[str], html: str) -> str:
    found = pattern.search(html)
    assert found, html[:2000]
    return found[1]


def _int(pattern: re.Pattern[str], html: str) -> int:
    return int(_text(pattern, html))
