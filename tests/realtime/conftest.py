import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from realtime.protocol import Frame, Hello, ServerFrame, Subscribe, read_server, write
from realtime.socket import live_endpoint
from realtime.wire import RawFrames
from tests.realtime.room import Room, serving


class Client:
    """One connection, in frames."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, frame: Frame) -> None:
        await self.connection.send(write(frame))

    async def next(self) -> ServerFrame:
        return read_server(await self.connection.recv())

    async def subscribe(self, **channels: int | None) -> list[ServerFrame]:
        """Channel names come as keywords: `topic_1` for "topic:1". Returns the answers."""
        named = {name.replace("_", ":"): held for name, held in channels.items()}
        await self.send(Subscribe(channels=named))
        return [await self.next() for _ in named]

    async def closed(self) -> int | None:
        """Read to the end; the code the connection closed with."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.connection.recv()
        return self.connection.close_code


Join = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture(params=[RawFrames, "websockets-sansio"], ids=["raw frames", "plain ASGI"])
async def address(room: Room, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The endpoint on a server that offers raw frames, and on one that does not."""
    endpoint = live_endpoint(room.hub, room.identify, room.may_hear, room.catch_up)
    async with serving(Starlette(routes=[WebSocketRoute("/live", endpoint)]), ws=request.param) as address:
        yield address


@pytest.fixture
def join(address: str) -> Join:
    @asynccontextmanager
    async def join(owner: str | None = None, variant: str = "ja", **options: Any) -> AsyncIterator[Client]:
        headers = {"x-variant": variant} | ({"x-owner": owner} if owner else {})
        async with connect(f"ws://{address}/live", additional_headers=headers, **options) as connection:
            client = Client(connection)
            assert await client.next() == Hello()
            yield client

    return join
