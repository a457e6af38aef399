"""The server that tests/bench/fan_out.py measures: a hub and its endpoint under uvicorn, and nothing of the forum.

Told on its standard input to send one frame to all its sockets, in one of three ways:

- `bare`: a loop of `transport.write` of ready-made bytes, the least that any server in Python does;
- `hub`: `hub.broadcast`, from the delta to the last transport;
- `plain`: uvicorn's ordinary ASGI send, frame by frame.

Each answers with the processor time of the process until every write buffer is empty.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from realtime.hub import Hub
from realtime.protocol import CaughtUp, Delta, Deltas, write
from realtime.socket import live_endpoint
from realtime.wire import RawFrames

CHANNEL = "topic:1"
HTML = (
    '<article class="post card" id="post-{n}" data-order="{n}" data-author="7"><header class="cluster">'
    '<b>市民7</b> <a href="#post-{n}">{n}</a> <time datetime="2026-07-01T09:00:00Z">7月1日 18:00</time></header>'
    "<p>" + "野川沿いの緑を守りながら、車いすでも通れる道にしてほしいと思います。" * 10 + "</p></article>"
)


Connections = list[WebSocketsSansIOProtocol]


@dataclass(frozen=True, slots=True)
class Visitor:
    owner: str | None = None
    variant: str = "ja"
    shown_name: str | None = None


class Hall:
    """The room of the benchmark: whoever comes hears the one channel, from the number it is at."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.number = 0
        self.ways: dict[str, Callable[[Delta, Connections], Awaitable[None]]] = {
            "bare": self.bare,
            "hub": self.broadcast,
            "plain": self.plain,
        }
        endpoint = live_endpoint(self.hub, self.identify, self.may_hear, self.catch_up)
        config = uvicorn.Config(
            Starlette(routes=[WebSocketRoute("/live", endpoint)]),
            port=0,
            loop="uvloop",
            http="httptools",
            ws=RawFrames,
            ws_max_size=65_536,
            ws_per_message_deflate=False,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)

    async def identify(self, websocket: WebSocket) -> Visitor:
        return Visitor()

    async def may_hear(self, visitor: Visitor, channel: str) -> bool:
        return True

    async def catch_up(self, visitor: Visitor, channel: str, after: int) -> CaughtUp:
        return CaughtUp(channel=channel, after=after, upto=self.number)

    @property
    def connections(self) -> Connections:
        everything = self.server.server_state.connections
        return [one for one in everything if isinstance(one, WebSocketsSansIOProtocol)]

    async def bare(self, delta: Delta, connections: Connections) -> None:
        frame = as_frame(write(Deltas(channel=CHANNEL, deltas=(delta,))))
        for connection in connections:
            connection.transport.write(frame)

    async def broadcast(self, delta: Delta, connections: Connections) -> None:
        self.hub.broadcast(CHANNEL, {"ja": [delta]})

    async def plain(self, delta: Delta, connections: Connections) -> None:
        text = write(Deltas(channel=CHANNEL, deltas=(delta,)))
        for connection in connections:
            await connection.send({"type": "websocket.send", "text": text})

    async def send(self, way: str, settle: float) -> dict[str, Any]:
        """Everyone gets the next number. Waiting for all to be written (`settle` seconds) costs nothing; whether
        it was long enough shows in `left` and `until`."""
        self.number += 1
        html, connections = HTML.format(n=self.number), self.connections
        delta = Delta(number=self.number, kind="put", id=f"post-{self.number}", html=html, order=self.number)
        started, before = time.monotonic(), time.process_time()
        await self.ways[way](delta, connections)
        wrote = time.monotonic()
        await asyncio.sleep(settle)
        cpu, until = time.process_time() - before, time.monotonic()
        left = sum(one.transport.get_write_buffer_size() for one in connections)
        return {
            "number": self.number,
            "started": started,
            "wrote": wrote,
            "until": until,
            "cpu": cpu,
            "left": left,
        }

    async def run(self) -> None:
        """Serve until the standard input ends."""
        serving = asyncio.create_task(self.server.serve())
        while not self.server.started:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)
        orders = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
        )
        while line := await orders.readline():
            order = json.loads(line)
            if order.pop("do") == "send":
                answer = await self.send(**order)
            else:
                answer = {"port": self.server.servers[0].sockets[0].getsockname()[1]}
            print(json.dumps(answer), flush=True)  # noqa: T201
        for connection in self.connections:
            connection.transport.abort()
        self.server.should_exit = True
        await serving


def as_frame(text: str) -> bytes:
    """The text as the bytes of one unmasked websocket frame."""
    payload = text.encode()
    size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + len(payload).to_bytes(2, "big")
    return b"\x81" + size + payload


if __name__ == "__main__":
    import uvloop

    uvloop.run(Hall().run())
