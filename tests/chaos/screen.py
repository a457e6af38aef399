"""A reader's page of a whole topic, kept by the reference reader through whatever happens to its connection."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from realtime.protocol import CatchUp, Hello, Ping, ServerFrame, Subscribe, read_server, write
from tests.realtime.reader import Reader
from tests.sockets import browsing

ARTICLE = re.compile(r'<article class="post.*?</article>', re.S)
HEAD = re.compile(r'(<header class="[^"]*" id="topic-head">.*?</header>)', re.S)
ID = re.compile(r'id="(post-\d+)"')
ORDER = re.compile(r'data-order="(\d+)"')
NUMBER = re.compile(r'data-live-number="(\d+)"')
LAST = re.compile(r'data-live-last="(\d+)"')
TO = re.compile(r'data-live-to="(\d+)"')

# A line that says nothing for so long is asked, and given up when there is no answer.
SILENCE_SECONDS = 2.0
ANSWER_SECONDS = 3.0


class Silence(ConnectionError):
    """Nobody is there any more."""


# How long a reader stays at most, while it is not calm.
STAY_SECONDS = 6.0
# What a connection may end with. Anything else is a mistake of ours.
LOSSES = (OSError, TimeoutError, WebSocketException, httpx.HTTPError)

# Many readers hear the same.
read = lru_cache(maxsize=500)(read_server)


@asynccontextmanager
async def live(site: str) -> AsyncIterator[ClientConnection]:
    """A connection that only the reader itself watches over."""
    address = site.replace("http", "ws", 1) + "/live"
    async with connect(address, compression=None, ping_interval=None) as connection:
        assert read(await connection.recv()) == Hello()
        yield connection


class Screen:
    """One reader, on whichever server answers."""

    def __init__(
        self, sites: list[str], topic_id: int, chance: random.Random, stay: float = STAY_SECONDS
    ) -> None:
        self.sites = sites
        self.topic_id = topic_id
        self.reader = Reader(f"topic:{topic_id}", held=0)
        self.counts: Counter[str] = Counter()
        self.reading = asyncio.Event()
        self.reading.set()
        self._chance = chance
        self._stay = stay

    async def live_through(self, calm: asyncio.Event) -> None:
        """Comes and goes until it is calm, then stays."""
        is_new = True
        while True:
            try:
                if is_new or self._chance.random() < 0.1:
                    self.reader = Reader(f"topic:{self.topic_id}", *await self.page())
                    is_new = False
                # Leaves without a goodbye, as in a tunnel.
                await self.listen(None if calm.is_set() else self._chance.uniform(0.1, self._stay))
            except LOSSES as loss:
                self.counts[_kind(loss)] += 1
                await asyncio.sleep(self._chance.uniform(0, 0.5))

    async def listen(self, seconds: float | None) -> None:
        """One connection, for so long or until it is lost."""
        async with live(self._chance.choice(self.sites)) as connection:
            self.counts["connections"] += 1
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
            if self.reader.wanted:
                self.counts["fetches"] += 1
                self.reader.wanted = False
                self.reader.fetched(*await self.page(), questions.append)
            while questions:
                self.counts["questions"] += 1
                await connection.send(write(questions.pop(0)))
            await self.reading.wait()
            self.reader.take(await self._next(connection), questions.append)

    async def _next(self, connection: ClientConnection) -> ServerFrame:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                return read(await connection.recv())
        except TimeoutError:
            await connection.send(write(Ping()))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return read(await connection.recv())
        except TimeoutError:
            raise Silence from None

    async def page(self) -> tuple[int, dict[str, str]]:
        """The change number, the head and the posts of the topic, page by page, over HTTP."""
        numbers, elements, page = list[int](), dict[str, str](), 1
        async with browsing(self._chance.choice(self.sites)) as client:
            while True:
                answer = await client.get(f"/topics/{self.topic_id}", params={"page": page}, timeout=10)
                html = answer.raise_for_status().text
                numbers.append(find_int(NUMBER, html))
                elements = {"topic-head": find(HEAD, html)} | elements
                elements |= {find(ID, article): article for article in ARTICLE.findall(html)}
                if find_int(TO, html) >= find_int(LAST, html):
                    return min(numbers), elements
                page += 1


def in_order(elements: dict[str, str]) -> list[str]:
    """The posts among the elements of a page, as it shows them."""
    return sorted(elements.keys() - {"topic-head"}, key=lambda post: find_int(ORDER, elements[post]))


def find(pattern: re.Pattern[str], html: str) -> str:
    found = pattern.search(html)
    assert found, html[:2000]
    return found[1]


def find_int(pattern: re.Pattern[str], html: str) -> int:
    return int(find(pattern, html))


def _kind(loss: Exception) -> str:
    if isinstance(loss, TimeoutError):
        return "left"
    if isinstance(loss, ConnectionClosed):
        return f"closed with {loss.rcvd.code if loss.rcvd else 'nothing'}"
    return type(loss).__name__
