"""Which socket listens to which channel, and how a message reaches them all.

Everything here runs on the event loop and nothing waits: a broadcast only lays a ready-made message into the
backlog of each listener; the listener's own sender (realtime/socket.py) takes it from there at the pace of
its reader.

Nothing is lost between rendering and sending: `listening` tells what to render for, and whoever subscribes
after that catches up from the database, which already holds the change.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from realtime.protocol import Channel, Close, Delta, Deltas, Frame, Resync, write

# A reader of a busy topic gets a few messages a second; one that is this far behind catches up cheaper from
# the table.
MAX_BACKLOG_MESSAGES = 256
MAX_BACKLOG_CHARACTERS = 1_000_000


class Listener:
    """One socket's place in the hub: what it hears, and what waits to be sent to it."""

    def __init__(self, owner: str | None, variant: str) -> None:
        self.owner = owner
        self.variant = variant
        self.channels: set[Channel] = set()
        self.closing: Close | None = None
        self._backlog: deque[str] = deque()
        self._characters = 0
        self._something = asyncio.Event()
        self._when_closing: Callable[[], None] = _nothing

    def offer(self, message: str) -> None:
        """Lay a message in the backlog; a reader too far behind is cut off instead and told to catch up."""
        if self.closing is not None:
            return
        if self._is_full(len(message)):
            self.cut(Close.TOO_SLOW)
            return
        self._backlog.append(message)
        self._characters += len(message)
        self._something.set()

    def tell(self, frame: Frame) -> None:
        self.offer(write(frame))

    def close(self, code: Close) -> None:
        """End the connection after what already waits; the first reason counts."""
        if self.closing is None:
            self.closing = code
            self._something.set()
            self._when_closing()

    def cut(self, code: Close) -> None:
        """End the connection and drop what waits."""
        self._backlog.clear()
        self._characters = 0
        self.close(code)

    def when_closing(self, act: Callable[[], None]) -> None:
        self._when_closing = act
        if self.closing is not None:
            act()

    async def next(self) -> str | None:
        """The next message to send, or None when the connection should close."""
        while not self._backlog:
            if self.closing is not None:
                return None
            self._something.clear()
            await self._something.wait()
        message = self._backlog.popleft()
        self._characters -= len(message)
        return message

    def _is_full(self, more: int) -> bool:
        # One message is always taken, however long: a large answer is no sign of a slow reader.
        return bool(self._backlog) and (
            len(self._backlog) >= MAX_BACKLOG_MESSAGES or self._characters + more > MAX_BACKLOG_CHARACTERS
        )


def _nothing() -> None:
    """What a listener does on closing until its sender says otherwise."""


class Hub:
    """The channels of one process and their listeners."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._channels: dict[Channel, set[Listener]] = {}
        # Counts withdrawals of rights, so that a judgement made meanwhile can be seen to be stale.
        self.revocations = 0

    @property
    def sockets(self) -> int:
        return len(self._listeners)

    @property
    def channels(self) -> int:
        return len(self._channels)

    def join(self, owner: str | None, variant: str) -> Listener:
        listener = Listener(owner, variant)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        for channel in tuple(listener.channels):
            self.unsubscribe(listener, channel)

    def subscribe(self, listener: Listener, channel: Channel) -> None:
        listener.channels.add(channel)
        self._channels.setdefault(channel, set()).add(listener)

    def unsubscribe(self, listener: Listener, channel: Channel) -> None:
        listener.channels.discard(channel)
        audience = self._channels.get(channel, set())
        audience.discard(listener)
        if not audience:
            self._channels.pop(channel, None)

    def listening(self, channel: Channel) -> set[str]:
        """The variants (locales) somebody hears this channel in: what is worth rendering."""
        return {listener.variant for listener in self._channels.get(channel, ())}

    def broadcast(self, channel: Channel, deltas: Mapping[str, Sequence[Delta]]) -> None:
        """Tell every listener of a channel, each in its variant; serialised once per variant."""
        messages = {
            variant: write(Deltas(channel=channel, deltas=tuple(changes)))
            for variant, changes in deltas.items()
        }
        for listener in self._channels.get(channel, ()):
            if listener.variant in messages:
                listener.offer(messages[listener.variant])

    def resync(self, channel: Channel | None = None) -> None:
        """Say that messages may have been lost: on one channel, or (the broker was away) on all of them."""
        for name in self._channels if channel is None else [channel]:
            message = write(Resync(channel=name))
            for listener in self._channels.get(name, ()):
                listener.offer(message)

    def close_owner(self, owner: str, code: Close = Close.JUDGE_ANEW) -> None:
        """End every connection of an account: its rights changed, or its session ended."""
        self._revoke((listener for listener in self._listeners if listener.owner == owner), code)

    def close_channel(self, channel: Channel, code: Close = Close.JUDGE_ANEW) -> None:
        """End every connection that hears a channel: who may hear it has changed."""
        self._revoke(self._channels.get(channel, ()), code)

    def close(self, code: Close = Close.RESTART) -> None:
        """End every connection: the process is going away."""
        for listener in self._listeners:
            listener.close(code)

    def _revoke(self, listeners: Iterable[Listener], code: Close) -> None:
        self.revocations += 1
        for listener in listeners:
            listener.cut(code)
