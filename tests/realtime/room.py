"""A small world to test the live half in: a numbered source of elements, and a real server around an app."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from starlette.requests import HTTPConnection

from realtime.hub import Hub
from realtime.protocol import CaughtUp, Delta, Resync
from realtime.wire import RawFrames

# Nothing that is waited for takes so long, on a busy machine either.
PATIENCE_SECONDS = 30.0


@dataclass
class Element:
    change: int
    html: str | None  # None: removed
    order: int


@dataclass
class Source:
    """What a topic is to its readers: elements that each carry the number of their last change."""

    channel: str = "topic:1"
    changes: int = 0
    elements: dict[str, Element] = field(default_factory=dict)

    def put(self, element: str, html: str, order: int | None = None) -> Delta:
        self.changes += 1
        order = order if order is not None else self._order_of(element)
        self.elements[element] = Element(self.changes, html, order)
        return Delta(number=self.changes, kind="put", id=element, html=html, order=order)

    def remove(self, element: str) -> Delta:
        self.changes += 1
        self.elements[element] = Element(self.changes, None, self._order_of(element))
        return Delta(number=self.changes, kind="remove", id=element)

    def skip(self) -> Delta:
        self.changes += 1
        return Delta(number=self.changes, kind="skip")

    def since(self, after: int, limit: int = 100) -> CaughtUp | Resync:
        changed = sorted(
            ((e.change, name, e) for name, e in self.elements.items() if e.change > after),
            key=lambda row: row[0],
        )
        if after > self.changes or len(changed) > limit:
            return Resync(channel=self.channel, after=after)
        deltas = tuple(self._delta(name, element) for _, name, element in changed)
        return CaughtUp(channel=self.channel, after=after, upto=self.changes, deltas=deltas)

    def shown(self) -> dict[str, str]:
        return {name: e.html for name, e in self.elements.items() if e.html is not None}

    def in_order(self) -> list[str]:
        return sorted(self.shown(), key=lambda name: self.elements[name].order)

    def _order_of(self, element: str) -> int:
        return self.elements[element].order if element in self.elements else len(self.elements) + 1

    @staticmethod
    def _delta(name: str, element: Element) -> Delta:
        kind: Literal["put", "remove"] = "remove" if element.html is None else "put"
        return Delta(number=element.change, kind=kind, id=name, html=element.html or "", order=element.order)


@dataclass(frozen=True)
class Visitor:
    owner: str | None = None
    variant: str = "ja"
    shown_name: str | None = None


class Room:
    """A hub, its numbered sources, and the three answers that an application gives the endpoint."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.sources: dict[str, Source] = {}
        self.forbidden: set[str] = set()
        self.banned: set[str | None] = set()
        # Cleared by a test to hold a question (about rights; about the past) in mid-air; how many about rights were asked.
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()
        self.past = asyncio.Event()
        self.past.set()

    def source(self, channel: str = "topic:1") -> Source:
        return self.sources.setdefault(channel, Source(channel))

    def tell(self, *deltas: Delta, channel: str = "topic:1", variants: tuple[str, ...] = ("ja",)) -> None:
        self.hub.broadcast(channel, dict.fromkeys(variants, deltas))

    async def identify(self, connection: HTTPConnection) -> Visitor | None:
        visitor = Visitor(connection.headers.get("x-owner"), connection.headers.get("x-variant", "ja"))
        allowed = visitor.owner not in self.banned
        self.asked += 1
        await self.answers.wait()
        return visitor if allowed else None

    async def may_hear(self, visitor: Visitor, channel: str) -> bool:
        allowed = channel not in self.forbidden
        self.asked += 1
        await self.answers.wait()
        return allowed

    async def catch_up(self, visitor: Visitor, channel: str, after: int) -> CaughtUp | Resync:
        if channel == "broken":
            raise LookupError("the table is gone")
        await self.past.wait()
        return self.source(channel).since(after)


async def eventually(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what we wait for has no event of its own
            await asyncio.sleep(0.005)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Any:
        yield  # Ctrl-C belongs to pytest


@asynccontextmanager
async def serving(app: Any, *, ws: Any = RawFrames, **options: Any) -> AsyncIterator[str]:
    """A real server on a free port of this machine; yields its host:port."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        ws=ws,
        ws_per_message_deflate=False,
        log_level="warning",
        lifespan="off",
        **options,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        await task
