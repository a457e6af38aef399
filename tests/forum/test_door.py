"""Who may open a live connection, and how many: at the application itself, by the address a trusted proxy names."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.applications import Starlette

from forum.app import create_app
from forum.db import Database
from forum.settings import Settings

WELCOME, FORBIDDEN, TOO_MANY = "websocket.accept", "websocket.close", 429


@asynccontextmanager
async def knocking(app: Starlette, peer: str, **headers: str) -> AsyncIterator[object]:
    """A connection for the length of the block; what the server answers first."""
    messages, left = asyncio.Queue[Any](), asyncio.Event()
    connects = iter([{"type": "websocket.connect"}])

    async def receive() -> dict[str, object]:
        for message in connects:
            return message
        await left.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    scope = {
        "type": "websocket", "path": "/live", "raw_path": b"/live", "query_string": b"", "client": (peer, 1), "scheme": "ws",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "subprotocols": [], "extensions": {"websocket.http.response": {}},
    }  # fmt: skip
    connection = asyncio.create_task(app(scope, receive, messages.put))
    first = await asyncio.wait_for(messages.get(), 5)
    yield first.get("status", first["type"])
    left.set()
    await connection


@pytest.fixture
def behind_a_proxy(settings: Settings, db: Database, migrated_url: str) -> Starlette:
    changes = {"sockets_per_address": 2, "trusted_proxies": (ip_network("127.0.0.1"),)}
    return create_app(settings.model_copy(update=changes), db, migrated_url)


async def test_an_address_holds_a_bounded_number_of_sockets(behind_a_proxy: Starlette) -> None:
    async with AsyncExitStack() as held:

        async def knock(peer: str, **headers: str) -> object:
            return await held.enter_async_context(knocking(behind_a_proxy, peer, **headers))

        school = {"x_forwarded_for": "192.0.2.1"}
        assert [await knock("127.0.0.1", **school) for _ in range(3)] == [WELCOME, WELCOME, TOO_MANY]
        assert await knock("127.0.0.1", x_forwarded_for="192.0.2.2") == WELCOME
        # A household has as many IPv6 addresses as it likes, and one network.
        homes = [f"2001:db8::{n}" for n in range(1, 4)]
        assert [await knock(home) for home in homes] == [WELCOME, WELCOME, TOO_MANY]
        # A made-up address of whoever is no proxy of ours changes nothing.
        assert [await knock("192.0.2.1", x_forwarded_for=f"198.51.100.{n}") for n in range(2)] == [
            TOO_MANY
        ] * 2
        # One that says nothing about the visitor is not counted.
        for peer in ("127.0.0.1", "::1"):
            assert [await knock(peer) for _ in range(4)] == [WELCOME] * 4
    async with knocking(behind_a_proxy, "127.0.0.1", **school) as answer:
        assert answer == WELCOME, "who leaves makes room"


@pytest.mark.parametrize(
    ("public_url", "origin", "answer"),
    [
        ("https://room.test", "https://room.test", WELCOME),
        ("https://room.test", "HTTPS://ROOM.TEST", WELCOME),
        ("https://room.test", "http://room.test", FORBIDDEN),  # whoever sits on the line can make such a page
        ("https://room.test", None, WELCOME),
        ("https://room.test", "null", FORBIDDEN),
        ("http://room.test", "http://room.test", WELCOME),
        ("http://room.test", "https://evil.test", FORBIDDEN),
    ],
)
async def test_where_the_site_is_on_https_its_pages_are(
    settings: Settings, db: Database, migrated_url: str, public_url: str, origin: str | None, answer: str
) -> None:
    settings = Settings.model_validate(settings.model_dump() | {"public_url": public_url})
    headers = {"host": "room.test"} | ({} if origin is None else {"origin": origin})
    async with knocking(create_app(settings, db, migrated_url), "127.0.0.1", **headers) as first:
        assert first == answer
