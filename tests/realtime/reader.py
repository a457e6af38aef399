"""A reader in Python: the same rules as `Channel` in forum/static/live/page.js, without a page.

It lives beside the tests because only they need it, and it is the measure of them: whatever happens on the
way, a reader that keeps these rules ends with what the source holds.
"""

from collections.abc import Callable

from realtime.protocol import CatchUp, CaughtUp, Delta, Deltas, Resync, ServerFrame


class Reader:
    """What one page holds of one numbered channel: elements by id, and the number they are of."""

    def __init__(self, channel: str, held: int, elements: dict[str, str] | None = None) -> None:
        self.channel = channel
        self.held = held
        self.elements = dict(elements or {})
        self.ahead: dict[int, Delta] = {}
        self.doubts = False
        self.asking = False
        self.fetching = False
        # Whoever fetches the region takes it back first: what makes it true again meanwhile needs a newer page.
        self.wanted = False

    def reconnected(self) -> None:
        """A new connection: every question asked on the old one is void."""
        self.asking = False
        self.doubts = False
        self.ahead.clear()

    def take(self, frame: ServerFrame, ask: Callable[[CatchUp], None]) -> None:
        """One frame of this channel; what it makes us ask goes to `ask`. When `wanted` turns true, the region is to be
        fetched and given to `fetched`."""
        match frame:
            case Deltas(deltas=deltas):
                for delta in deltas:
                    assert delta.number is not None
                    if delta.number > self.held:
                        self.ahead[delta.number] = delta
            case CaughtUp(after=int(after), upto=int(upto), deltas=deltas):
                self._catch_up(deltas, after, upto)
            case Resync(after=None):
                self.doubts = True
            case Resync():
                self.asking = False
                self.fetching = self.wanted = True
        self._drain(ask)

    def fetched(self, held: int, elements: dict[str, str], ask: Callable[[CatchUp], None]) -> None:
        """The region as of a number, over HTTP."""
        if self.wanted:
            return
        self.doubts = self.doubts or held < self.held
        self.held = held
        self.elements = dict(elements)
        self.fetching = False
        self._drain(ask)

    def _catch_up(self, deltas: tuple[Delta, ...], after: int, upto: int) -> None:
        self.asking = False
        if self.fetching:
            self.doubts = True
        if self.fetching or after > self.held:
            return
        for delta in deltas:
            assert delta.number is not None
            if delta.number > self.held:
                self._apply(delta)
        self.held = max(self.held, upto)

    def _drain(self, ask: Callable[[CatchUp], None]) -> None:
        if self.fetching:
            return
        while (delta := self.ahead.pop(self.held + 1, None)) is not None:
            self._apply(delta)
            self.held += 1
        self.ahead = {number: delta for number, delta in self.ahead.items() if number > self.held}
        if (self.ahead or self.doubts) and not self.asking:
            self.asking = True
            self.doubts = False
            ask(CatchUp(channel=self.channel, after=self.held))

    def _apply(self, delta: Delta) -> None:
        if delta.kind == "put":
            self.elements[delta.id] = delta.html
        elif delta.kind == "remove":
            self.elements.pop(delta.id, None)
