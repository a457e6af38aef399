"""Which connection listens to which channel, and whose it is.

Everything here runs on the event loop and nothing waits.

Nothing is lost between rendering and sending: `listening` tells what to render for, and whoever subscribes
after that catches up from the database, which already holds the change.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from realtime.channels import Audience
from realtime.counts import Counts
from realtime.listeners import Listener
from realtime.protocol import Channel, Close, Delta
from realtime.sending import Message, Sender

OnAudience = Callable[[Channel, Listener | None], None]


class Hub:
    """The channels of one process and their listeners."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._listeners: set[Listener] = set()
        self._owned: dict[str, set[Listener]] = {}
        self._audiences: dict[Channel, Audience] = {}
        # Counts withdrawals of rights, so that a judgement made meanwhile can be seen to be stale.
        self.revocations = 0
        # Told when somebody begins to hear a channel, and when anybody ceases to.
        self.on_audience: OnAudience = _nobody_asks

    @property
    def sockets(self) -> int:
        return len(self._listeners)

    @property
    def channels(self) -> int:
        return len(self._audiences)

    @property
    def waiting(self) -> int:
        """Bytes that have not left, for all readers together."""
        return sum(listener.waiting for listener in self._listeners)

    def join(
        self, owner: str | None, variant: str, sender: Sender, shown_name: str | None = None
    ) -> Listener:
        listener = Listener(owner, variant, sender, self.counts, shown_name)
        self._listeners.add(listener)
        if owner is not None:
            self._owned.setdefault(owner, set()).add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        if listener.owner is not None:
            owned = self._owned.get(listener.owner, set())
            owned.discard(listener)
            if not owned:
                self._owned.pop(listener.owner, None)
        for channel in tuple(listener.channels):
            self.unsubscribe(listener, channel)

    def subscribe(self, listener: Listener, channel: Channel) -> None:
        listener.channels.add(channel)
        if channel not in self._audiences:
            self._audiences[channel] = Audience(channel, self.counts)
        self._audiences[channel].add(listener)
        self.on_audience(channel, listener)

    def unsubscribe(self, listener: Listener, channel: Channel) -> None:
        listener.channels.discard(channel)
        if (audience := self._audiences.get(channel)) is not None:
            audience.remove(listener)
            if not audience:
                del self._audiences[channel]
            self.on_audience(channel, None)

    def listening(self, channel: Channel) -> set[str]:
        """The variants (ways of reading) somebody hears this channel in: what is worth rendering."""
        audience = self._audiences.get(channel)
        return set() if audience is None else audience.variants

    def audience(self, channel: Channel) -> list[Listener]:
        return list(self._audiences.get(channel, ()))

    def pass_on(self, channel: Channel, message: Message) -> None:
        """Tell every listener of a channel something that is no change of the page."""
        if (audience := self._audiences.get(channel)) is not None:
            audience.pass_on(message)

    def broadcast(self, channel: Channel, deltas: Mapping[str, Sequence[Delta]]) -> None:
        """Tell every listener of a channel, each in its variant; a burst leaves as one frame."""
        if (audience := self._audiences.get(channel)) is not None:
            audience.tell(deltas)

    def resync(self, channel: Channel | None = None) -> None:
        """Say that messages may have been lost: on one channel, or (the broker was away) on all of them."""
        self.counts.resyncs += 1
        for name in tuple(self._audiences) if channel is None else [channel]:
            if (audience := self._audiences.get(name)) is not None:
                audience.resync()

    def doubt(self) -> None:
        """The broker was away, and what was said meanwhile is lost here: whoever has rights is judged anew, all
        others catch up."""
        self._revoke(
            (listener for listener in self._listeners if listener.owner is not None), Close.JUDGE_ANEW
        )
        self.resync()

    def close_owner(self, owner: str, code: Close = Close.JUDGE_ANEW) -> None:
        """End every connection of an account: its rights changed, or its session ended."""
        self._revoke(self._owned.get(owner, ()), code)

    def close_channel(self, channel: Channel, code: Close = Close.JUDGE_ANEW) -> None:
        """End every connection that hears a channel: who may hear it has changed."""
        self._revoke(self._audiences.get(channel, ()), code)

    def close(self, code: Close = Close.RESTART) -> None:
        """End every connection: the process is going away."""
        for listener in self._listeners:
            listener.close(code)

    def _revoke(self, listeners: Iterable[Listener], code: Close) -> None:
        self.revocations += 1
        for listener in tuple(listeners):
            listener.cut(code)
            for channel in listener.channels:
                self.on_audience(channel, None)


def _nobody_asks(channel: Channel, newcomer: Listener | None) -> None:
    """For a hub whose audiences are nobody's concern."""
