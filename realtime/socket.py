"""The websocket endpoint: a conversation between one page and the hub.

The application supplies who is there, what they may hear and what they missed; this module supplies the order
of things that makes losing a message impossible: join the hub, then ask for rights; listen, then query the
past.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, Protocol, TypeVar

from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.hub import Hub
from realtime.listeners import Listener
from realtime.protocol import (
    MAX_CHANNELS,
    CatchUp,
    CaughtUp,
    Channel,
    ClientFrame,
    Close,
    Error,
    Hello,
    Ping,
    Pong,
    ProtocolError,
    Refused,
    Resync,
    Subscribe,
    Unsubscribe,
    Writing,
    read_client,
)
from realtime.sending import sender

# A page subscribes once and asks to catch up now and then. Every channel asked about costs one, for it may
# cost a query.
ALLOWANCE = 100
ALLOWANCE_PER_SECOND = 5.0

# How long a connection that ends may take to hear why. A peer that does not read never will.
FAREWELL_SECONDS = 5.0


class Viewer(Protocol):
    """Who listens, as far as the socket cares: whose connections end together, which rendering they
    read, and by which name others may know that they do."""

    @property
    def owner(self) -> str | None: ...

    @property
    def variant(self) -> str: ...

    @property
    def shown_name(self) -> str | None: ...


V = TypeVar("V", bound=Viewer)
T = TypeVar("T")

Identify = Callable[[HTTPConnection], Awaitable[V | None]]
MayHear = Callable[[V, Channel], Awaitable[bool]]
Past = Callable[[V, Channel, int], Awaitable[CaughtUp | Resync]]
Writes = Callable[[V, Listener, Channel], Awaitable[None]]


def live_endpoint(
    hub: Hub,
    identify: Identify[V],
    may_hear: MayHear[V],
    catch_up: Past[V],
    writes: Writes[V] | None = None,
) -> Callable[[WebSocket], Awaitable[None]]:
    """The endpoint for a `WebSocketRoute`.

    `identify` answers None to refuse the connection. `catch_up(viewer, channel, after)` answers with what
    changed after a number: it reads `upto` no later than the deltas, and gives `Resync(channel, after)` where
    the number was never issued, the answer would be too long, or the channel has no past to tell.
    `writes(viewer, listener, channel)` is told when a page says that its reader is writing.
    """

    async def endpoint(websocket: WebSocket) -> None:
        if not is_same_origin(websocket.headers):
            await websocket.close()
            return
        viewer = await _judged(hub, lambda: identify(websocket))
        if viewer is None:
            await websocket.close()
            return
        way = sender(websocket)
        listener = hub.join(viewer.owner, viewer.variant, way, viewer.shown_name)
        try:
            await websocket.accept()
            await Conversation(hub, websocket, viewer, listener, may_hear, catch_up, writes).run()
        except WebSocketDisconnect:
            return  # the ordinary end
        finally:
            hub.leave(listener)
            await way.finish()

    return endpoint


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a page of ours opened this connection. Browsers always name the origin; whoever does not is no
    browser and carries no visitor's cookie."""
    if "origin" not in headers:
        return True
    scheme, _, host = headers["origin"].lower().partition("://")
    return scheme in ("http", "https") and bool(host) and host == headers.get("host", "").lower()


class Conversation(Generic[V]):
    """One open connection, from its first frame to its last."""

    def __init__(
        self,
        hub: Hub,
        websocket: WebSocket,
        viewer: V,
        listener: Listener,
        may_hear: MayHear[V],
        catch_up: Past[V],
        writes: Writes[V] | None,
    ) -> None:
        self._hub = hub
        self._websocket = websocket
        self._viewer = viewer
        self._listener = listener
        self._may_hear = may_hear
        self._catch_up = catch_up
        self._writes = writes
        self._allowance = Allowance(ALLOWANCE, ALLOWANCE_PER_SECOND)

    async def run(self) -> None:
        """Answers until the page leaves. A connection that is told to close has some seconds to take it."""
        self._listener.tell(Hello())
        try:
            async with asyncio.timeout(None) as patience:
                self._listener.when_closing(lambda: patience.reschedule(_soon()))
                await self._receive()
        except TimeoutError as error:
            raise WebSocketDisconnect(1006, "never took our goodbye") from error

    async def _receive(self) -> None:
        failure: Exception | None = None
        while (message := await self._websocket.receive())["type"] != "websocket.disconnect":
            if self._listener.closing is not None:
                continue
            self._hub.counts.messages_in += 1
            try:
                text = message.get("text")
                await self._answer(read_client(message["bytes"] if text is None else text))
            except ProtocolError as error:
                self._listener.tell(Error(reason=error.reason))
                self._listener.close(error.code)
            except Exception as error:
                failure = error
                self._listener.close(Close.FAILED)
        if failure is not None:
            raise failure

    async def _answer(self, frame: ClientFrame) -> None:
        match frame:
            case Subscribe(channels=channels):
                self._spend(len(channels))
                for channel, after in channels.items():
                    await self._subscribe(channel, after)
            case Unsubscribe(channels=names):
                self._spend(1)
                for channel in names:
                    self._hub.unsubscribe(self._listener, channel)
            case CatchUp(channel=channel, after=after):
                self._spend(1)
                if channel in self._listener.channels:
                    await self._tell_past(channel, after)
                else:
                    self._listener.tell(Refused(channel=channel))
            case Writing(channel=channel):
                self._spend(1)
                if self._writes is not None:
                    await self._writes(self._viewer, self._listener, channel)
            case Ping():
                self._spend(1)
                self._listener.tell(Pong())

    async def _subscribe(self, channel: Channel, after: int | None) -> None:
        if not await _judged(self._hub, lambda: self._may_hear(self._viewer, channel)):
            self._hub.unsubscribe(self._listener, channel)
            self._listener.tell(Refused(channel=channel))
            return
        self._hub.subscribe(self._listener, channel)
        if len(self._listener.channels) > MAX_CHANNELS:
            raise ProtocolError(Close.FLOOD, f"at most {MAX_CHANNELS} channels")
        if after is None:
            self._listener.tell(CaughtUp(channel=channel, after=None, upto=None))
        else:
            await self._tell_past(channel, after)

    async def _tell_past(self, channel: Channel, after: int) -> None:
        self._hub.counts.catch_ups += 1
        self._listener.tell(await self._catch_up(self._viewer, channel, after))

    def _spend(self, cost: int) -> None:
        if not self._allowance.spend(cost):
            raise ProtocolError(Close.FLOOD, "too many frames")


class Allowance:
    """What one connection may ask for: a purse that fills by itself up to its size."""

    def __init__(self, size: float, per_second: float) -> None:
        self._size = self._left = size
        self._per_second = per_second
        self._seen = asyncio.get_running_loop().time()

    def spend(self, cost: float) -> bool:
        now = asyncio.get_running_loop().time()
        self._left = min(self._size, self._left + (now - self._seen) * self._per_second)
        self._seen = now
        if cost > self._left:
            return False
        self._left -= cost
        return True


def _soon() -> float:
    return asyncio.get_running_loop().time() + FAREWELL_SECONDS


async def _judged(hub: Hub, ask: Callable[[], Awaitable[T]]) -> T:
    """The answer of a question about rights, no older than the last revocation: one that came while we asked
    could neither find the socket to close it nor be seen in the answer."""
    while True:
        asked_at = hub.revocations
        answer = await ask()
        if hub.revocations == asked_at:
            return answer
