"""The readers of one channel, and how a burst of changes reaches them.

The first message leaves at once. What follows within a short while, or while the last one is still leaving, waits
and leaves as one frame: a storm costs a reader a bounded number of frames, and a large audience makes them fewer by
itself. A frame leaves to some readers at a time, so that pages are answered in between.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence

from realtime.counts import Counts
from realtime.listeners import Listener
from realtime.protocol import Channel, Delta, Deltas, Resync, write
from realtime.sending import Message

# Between two frames of a channel. A list is only ever replaced row by row: a few frames a second are plenty.
NUMBERED_SECONDS = 0.05
LIST_SECONDS = 0.5
# Readers written to before the event loop may do something else: about a tenth of a millisecond.
AT_ONCE = 8
# A burst longer than this is caught up cheaper from the table.
BURST_MAX = 256


class Audience:
    """The listeners of a channel by variant, and what waits to be told to them."""

    def __init__(self, channel: Channel, counts: Counts) -> None:
        self._channel = channel
        self._counts = counts
        # Dictionaries keep the order of arrival: whoever came first hears first.
        self._listeners: dict[str, dict[Listener, None]] = {}
        self._waiting: dict[str, list[Delta]] = {}
        self._departures = 0
        self._next_at = 0.0
        self._timer: asyncio.Handle | None = None
        self._loop = asyncio.get_running_loop()

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def __iter__(self) -> Iterator[Listener]:
        for group in self._listeners.values():
            yield from group

    @property
    def variants(self) -> set[str]:
        return set(self._listeners)

    def add(self, listener: Listener) -> None:
        self._listeners.setdefault(listener.variant, {})[listener] = None

    def remove(self, listener: Listener) -> None:
        self._departures += 1
        group = self._listeners.get(listener.variant, {})
        group.pop(listener, None)
        if not group:
            self._listeners.pop(listener.variant, None)

    def tell(self, deltas: Mapping[str, Sequence[Delta]]) -> None:
        for variant, changes in deltas.items():
            if changes and variant in self._listeners:
                self._waiting.setdefault(variant, []).extend(changes)
        if self._waiting and self._timer is None:
            self._send_when_due()

    def resync(self) -> None:
        """Messages may have been lost; those that wait are no better than the lost ones."""
        self._waiting.clear()
        message = Message(write(Resync(channel=self._channel)))
        listeners = tuple(self)
        for listener in listeners:
            listener.offer(message)
        self._counts.sent(message, len(listeners))

    def pass_on(self, message: Message) -> None:
        """Tell everyone what has no place among the changes, and may overtake them."""
        self._pass_on(self._portions([(list(self), message)]))

    def _pass_on(self, portions: Iterator[tuple[list[Listener], Message]]) -> None:
        if self._offer_next(portions):
            self._loop.call_soon(self._pass_on, portions)

    def _send_when_due(self) -> None:
        wait = self._next_at - self._loop.time()
        if wait > 0:
            self._timer = self._loop.call_later(wait, self._send)
        else:
            self._send()

    def _send(self) -> None:
        started = time.perf_counter()  # the loop's own clock stands still while it is busy with us
        is_list = any(deltas[-1].number is None for deltas in self._waiting.values())
        self._next_at = self._loop.time() + (LIST_SECONDS if is_list else NUMBERED_SECONDS)
        parts = [
            (list(self._listeners.get(variant, ())), Message(write(self._frame(deltas))))
            for variant, deltas in self._waiting.items()
        ]
        self._waiting.clear()
        self._fan_out(self._portions(parts), started)

    def _frame(self, deltas: list[Delta]) -> Deltas | Resync:
        if len(deltas) > BURST_MAX:
            return Resync(channel=self._channel)
        return Deltas(channel=self._channel, deltas=tuple(without_repetitions(deltas)))

    def _portions(
        self, parts: Sequence[tuple[list[Listener], Message]]
    ) -> Iterator[tuple[list[Listener], Message]]:
        """Who leaves meanwhile is left out."""
        departures = self._departures
        for listeners, message in parts:
            for start in range(0, len(listeners), AT_ONCE):
                some = listeners[start : start + AT_ONCE]
                if departures != self._departures:
                    some = [listener for listener in some if self._channel in listener.channels]
                yield some, message

    def _fan_out(self, portions: Iterator[tuple[list[Listener], Message]], started: float) -> None:
        if self._offer_next(portions):
            self._timer = self._loop.call_soon(self._fan_out, portions, started)
            return
        self._timer = None
        self._counts.fan_outs += 1
        self._counts.fan_out_seconds += time.perf_counter() - started
        if self._waiting:
            self._send_when_due()

    def _offer_next(self, portions: Iterator[tuple[list[Listener], Message]]) -> bool:
        """Whether there was anybody left."""
        for listeners, message in portions:
            for listener in listeners:
                listener.offer(message)
            self._counts.sent(message, len(listeners))
            return True
        return False


def without_repetitions(deltas: Sequence[Delta]) -> Iterator[Delta]:
    """Each element once, as it was last, under the highest of its numbers; the other numbers are accounted for.

    A broker may repeat messages and change their order. What was rendered last is newest, whatever its number;
    under a number that a reader already holds it would not be looked at.
    """
    newest: dict[str, Delta] = {}
    for delta in deltas:
        if delta.kind != "skip":
            before = newest.pop(delta.id, delta)
            number = delta.number if delta.number is None else max(delta.number, before.number or 0)
            newest[delta.id] = delta.model_copy(update={"number": number})
    shown = {delta.number for delta in newest.values()}
    others = {delta.number for delta in deltas if delta.number is not None} - shown
    skipped = [Delta(number=number, kind="skip") for number in others]
    yield from sorted([*newest.values(), *skipped], key=lambda delta: delta.number or 0)
