"""A bad line between readers and a server: it breaks without a word, as a cable or a sleeping laptop does."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast


class End(asyncio.Protocol):
    """One end of a connection that is carried; the other is at `other`, once it is reached."""

    def __init__(self, line: "Line", other: "End | None" = None) -> None:
        self.line = line
        self.other = other
        self.early = b""
        self.is_broken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.line.ends.add(self)
        if self.other is None:
            self.reaching = asyncio.create_task(self.reach())

    async def reach(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, self.other = await loop.create_connection(lambda: End(self.line, self), *self.line.to)
        except OSError:
            self.transport.abort()
        else:
            self.other.transport.write(self.early)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self.early += data
        elif not self.is_broken:
            self.other.transport.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        self.line.ends.discard(self)
        if self.other is not None and not self.is_broken:
            self.other.transport.close()

    def break_off(self) -> None:
        """Nothing passes any more, not even the goodbye of either end."""
        self.is_broken = True
        self.transport.pause_reading()


class Line:
    """Carries connections to one port of this machine."""

    def __init__(self, port: int) -> None:
        self.to = ("127.0.0.1", port)
        self.ends: set[End] = set()
        self.url = ""

    def break_some(self, chance: random.Random, share: float = 0.5) -> int:
        """Break this share of the connections that are whole; how many those were."""
        whole = [end for end in self.ends if end.other is not None and not end.is_broken]
        broken = chance.sample(whole, round(share * len(whole) / 2))
        for end in broken:
            assert end.other is not None
            end.break_off()
            end.other.break_off()
        return len(broken)

    def reset(self) -> None:
        """Whoever is still there hears of the end of every connection."""
        for end in tuple(self.ends):
            end.transport.abort()


@asynccontextmanager
async def a_line(port: int) -> AsyncIterator[Line]:
    line = Line(port)
    server = await asyncio.get_running_loop().create_server(lambda: End(line), "127.0.0.1", 0)
    line.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        server.close()
        line.reset()
