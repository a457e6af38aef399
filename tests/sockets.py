"""A person at a real server: pages over HTTP, and the live socket beside them."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from forum.access import Actor
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.db import Database
from realtime.protocol import Close, Frame, Hello, Presence, ServerFrame, Subscribe, read_server, write
from tests.factories import an_account

# Nothing that is waited for takes so long, on a busy machine either.
PATIENCE = 30.0
# Nothing here is encrypted; reading the authorities of the system for every client would take 20 ms.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

# The server ends a connection after five idle seconds; whoever sends at that very moment, which is long on a busy machine,
# gets no answer. A browser would ask again; here every request has a connection of its own.
LIMITS = httpx.Limits(max_keepalive_connections=0)
# Until a busy machine has opened a socket, or answered a page.
OPENING_SECONDS, ANSWER_SECONDS = 60, 60


class Socket:
    """One live connection, in frames."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        # Who else reads may be told before the channel has answered.
        self._told = deque[Presence]()

    async def send(self, frame: Frame) -> None:
        await self.connection.send(write(frame))

    async def next(self, patience: float | None = PATIENCE) -> ServerFrame:
        return self._told.popleft() if self._told else await self._read(patience)

    async def _read(self, patience: float | None) -> ServerFrame:
        return read_server(await asyncio.wait_for(self.connection.recv(), patience))

    async def subscribe(self, channels: dict[str, int | None]) -> dict[str, ServerFrame]:
        """The answer for each channel, whatever else comes between."""
        await self.send(Subscribe(channels=channels))
        answers: dict[str, ServerFrame] = {}
        while answers.keys() != channels.keys():
            frame = await self._read(PATIENCE)
            if isinstance(frame, Presence):
                self._told.append(frame)
            elif frame.type in ("caught_up", "resync", "refused"):
                answers[frame.channel] = frame
        return answers

    async def closed(self) -> int | None:
        """Reads to the end; the code the connection closed with."""
        try:
            while True:
                await asyncio.wait_for(self.connection.recv(), PATIENCE)
        except ConnectionClosed:
            return self.connection.close_code


@asynccontextmanager
async def listening(site: str, session: str | None = None) -> AsyncIterator[Socket]:
    cookie = {"Cookie": f"session={session}"} if session else None
    address = site.replace("http", "ws", 1) + "/live"
    async with connect(address, additional_headers=cookie, open_timeout=OPENING_SECONDS) as connection:
        socket = Socket(connection)
        assert await socket.next() == Hello()
        yield socket


async def heard(db: Database, *sites: str) -> None:
    """Every server has handled what it was told until now, one after the other: last of all, it sends a stranger away.
    A window that opens sooner may be closed for what its owner was given before."""
    stranger = await an_account(db)
    session = await a_session(db, stranger)
    async with AsyncExitStack() as windows:
        opened = [await windows.enter_async_context(listening(site, session)) for site in sites]
        await accounts.name_while_reading(db, stranger.id or 0, named=True)
        for window in opened:
            assert await window.closed() == Close.JUDGE_ANEW


async def a_session(db: Database, actor: Actor) -> str:
    """The token of a new session; none for a guest."""
    if actor.id is None:
        return ""
    account = await account_queries.account(db, actor.id)
    assert account is not None
    return await accounts.open_session(db, account)


@asynccontextmanager
async def browsing(site: str, session: str = "") -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(
        base_url=site, headers=headers, timeout=ANSWER_SECONDS, verify=NO_TLS, limits=LIMITS
    ) as client:
        if session:
            client.cookies.set("session", session)
        yield client


@asynccontextmanager
async def logged_in(site: str, db: Database, actor: Actor) -> AsyncIterator[httpx.AsyncClient]:
    """A page of ours whose script sends forms: what it is answered is the element it made."""
    async with browsing(site, await a_session(db, actor)) as client:
        client.headers["X-Requested-With"] = "fetch"
        yield client
