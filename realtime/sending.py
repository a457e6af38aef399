"""How messages leave for one reader: laid down without waiting, bounded in memory, ended with a reason.

Two ways, one behaviour: frames straight to the transport where the server offers it (realtime/wire.py), and plain
ASGI messages from a backlog everywhere else.
"""

import asyncio
from collections import deque
from contextlib import suppress
from functools import cached_property
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.protocol import Close
from realtime.wire import HIGH_WATER, RAW_FRAMES, RawFrames, text_frame

# A reader of a busy topic gets a few messages a second; one that is this far behind catches up cheaper from the
# table.
MAX_BACKLOG_MESSAGES = 256
MAX_BACKLOG_CHARACTERS = 1_000_000
# A large answer may take a slow line some seconds; a reader that stays behind for longer, or falls behind by this
# much, catches up.
BEHIND_SECONDS = 5.0
BEHIND_BYTES = 2 * HIGH_WATER


class Message:
    """A message for any number of readers, made ready for the network once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def frame(self) -> bytes:
        return text_frame(self.text)


class Sender(Protocol):
    """The way to one reader. Nothing here waits but `finish`."""

    def take(self, message: Message) -> bool:
        """Send a message; False, and nothing sent, when the reader is too far behind."""

    def end(self, code: Close) -> None:
        """Close the connection after what was taken. Called once."""

    def drop(self) -> None:
        """Forget what was taken and has not left."""

    @property
    def waiting(self) -> int:
        """Bytes (of a backlog: characters) that have not left."""

    async def finish(self) -> None:
        """The conversation is over: leave nothing behind."""


def sender(websocket: WebSocket) -> Sender:
    """The fastest way to this reader that the server below us offers."""
    raw = websocket.scope.get("extensions", {}).get(RAW_FRAMES)
    return AsgiSender(websocket) if raw is None else RawSender(websocket, raw)


class RawSender:
    """Frames straight to the transport: no task, no queue of ours. Its buffer is the backlog."""

    __slots__ = ("_connection", "_goodbye", "_transport", "_websocket")

    def __init__(self, websocket: WebSocket, connection: RawFrames) -> None:
        self._websocket = websocket
        self._connection = connection
        self._transport = connection.transport
        self._goodbye: asyncio.Task[None] | None = None

    def take(self, message: Message) -> bool:
        if not self._connection.is_ready:
            if self._is_lost():
                return False
            if not self._connection.takes_frames:
                return True  # it is ending already
        self._transport.write(message.frame)
        return True

    def _is_lost(self) -> bool:
        since = self._connection.behind_since
        return since is not None and (
            self._connection.waiting > BEHIND_BYTES
            or asyncio.get_running_loop().time() - since > BEHIND_SECONDS
        )

    def end(self, code: Close) -> None:
        self._goodbye = asyncio.create_task(_say_goodbye(self._websocket, code))

    def drop(self) -> None:
        """What the transport has taken was for this reader when it was sent."""

    @property
    def waiting(self) -> int:
        return self._connection.waiting

    async def finish(self) -> None:
        if self._goodbye is not None:
            if not self._goodbye.done():
                self._connection.abort()  # a reader that takes nothing would hold the connection for ever
            await _ended(self._goodbye)


class AsgiSender:
    """A bounded backlog and a task that sends from it at the pace of the reader."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._backlog: deque[Message] = deque()
        self._something = asyncio.Event()
        self._code: Close | None = None
        self.waiting = 0
        self._sending = asyncio.create_task(self._send())

    def take(self, message: Message) -> bool:
        if self._is_full(len(message.text)):
            return False
        self._backlog.append(message)
        self.waiting += len(message.text)
        self._something.set()
        return True

    def _is_full(self, more: int) -> bool:
        # One message is always taken, however long: a large answer is no sign of a slow reader.
        return bool(self._backlog) and (
            len(self._backlog) >= MAX_BACKLOG_MESSAGES or self.waiting + more > MAX_BACKLOG_CHARACTERS
        )

    def end(self, code: Close) -> None:
        self._code = code
        self._something.set()

    def drop(self) -> None:
        self._backlog.clear()
        self.waiting = 0

    async def finish(self) -> None:
        await _ended(self._sending)

    async def _send(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):  # gone: whoever receives hears of it
            while self._backlog or self._code is None:
                if not self._backlog:
                    self._something.clear()
                    await self._something.wait()
                    continue
                message = self._backlog.popleft()
                self.waiting -= len(message.text)
                await self._websocket.send_text(message.text)
        if self._code is not None:
            await _say_goodbye(self._websocket, self._code)


async def _say_goodbye(websocket: WebSocket, code: Close) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # gone already, or closed by the server below us
        await websocket.close(code, code.name)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()
