"""One reader's place in the hub: what it hears, and how it is told."""

from collections.abc import Callable

from realtime.counts import Counts
from realtime.protocol import Channel, Close, Frame, write
from realtime.sending import Message, Sender


class Listener:
    """A connection as the hub sees it. Nothing here waits."""

    __slots__ = (
        "_counts",
        "_sender",
        "_when_closing",
        "channels",
        "closing",
        "owner",
        "shown_name",
        "variant",
    )

    def __init__(
        self, owner: str | None, variant: str, sender: Sender, counts: Counts, shown_name: str | None = None
    ) -> None:
        self.owner = owner
        # What others may call the reader by; None for whoever did not choose to be named.
        self.shown_name = shown_name
        self.variant = variant
        self.channels: set[Channel] = set()
        self.closing: Close | None = None
        self._sender = sender
        self._counts = counts
        self._when_closing: Callable[[], None] = _nothing

    @property
    def waiting(self) -> int:
        """Bytes that have not left for this reader."""
        return self._sender.waiting

    def offer(self, message: Message) -> None:
        """Send a message; a reader too far behind is cut off instead and told to catch up."""
        if self.closing is None and not self._sender.take(message):
            self.cut(Close.TOO_SLOW)

    def tell(self, frame: Frame) -> None:
        message = Message(write(frame))
        self._counts.sent(message, 1)
        self.offer(message)

    def close(self, code: Close) -> None:
        """End the connection after what was sent already; the first reason counts."""
        if self.closing is None:
            self.closing = code
            self._counts.closes[code] += 1
            self._sender.end(code)
            self._when_closing()

    def cut(self, code: Close) -> None:
        """End the connection and drop what waits."""
        self._sender.drop()
        self.close(code)

    def when_closing(self, act: Callable[[], None]) -> None:
        self._when_closing = act
        if self.closing is not None:
            act()


def _nothing() -> None:
    """What a listener does on closing until its conversation says otherwise."""
