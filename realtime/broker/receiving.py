"""What every broker does with what it hears: hand it on in order, and notice when something may be missing."""

import asyncio
import logging
import math
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

from realtime.broker import timing

log = logging.getLogger(__name__)

# Some messages may wait while a burst is rendered; beyond that, catching up is cheaper than working them off.
MAX_WAITING = 10_000
# PostgreSQL takes no longer ones: send ids, not content.
PAYLOAD_BYTES_MAX = 7_999

OnMessage = Callable[[str], Awaitable[None]]
OnArrival = Callable[[str, str], None]
# Who is called with the messages of which topic.
Handlers = Mapping[str, OnMessage]

# The topic of pulses: "session time". A session is one uninterrupted LISTEN; what was sent between two of them
# is lost.
PULSE = "pulse"


class Broker(ABC):
    """Runs while entered. Calls the handler of a topic for one message after the other, in the order of their
    commits, and `on_reconnect` whenever messages may have been lost.

    Whether some were lost is told by pulses, which take the way of every message: the first one after a silence
    says that the way is whole again, and one of another session that it was not.
    """

    def __init__(self, handlers: Handlers, on_reconnect: Callable[[], None]) -> None:
        self.reconnects = 0
        self.lag_seconds = math.nan
        # Told of every message as it arrives, ahead of those that wait for their handlers.
        self.on_arrival: OnArrival = _nobody_asks
        self._handlers = handlers
        self._on_reconnect = on_reconnect
        self._waiting: asyncio.Queue[tuple[str, str]] = asyncio.Queue(MAX_WAITING)
        self._session: str | None = None
        self._felt_at = -math.inf
        self._whole = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def healthy(self) -> bool:
        """Whether messages arrive now."""
        return self._session is not None and time.monotonic() - self._felt_at < timing.SILENCE

    @property
    def waiting(self) -> int:
        """How many messages were heard and not yet handled."""
        return self._waiting.qsize()

    @abstractmethod
    async def publish(self, topic: str, payload: str) -> None:
        """Tell every process, this one too, outside of any transaction: what may be lost (who is reading).

        Raises ConnectionError when the broker cannot be reached, ValueError for a payload over the limit.
        """

    @abstractmethod
    async def _run(self) -> None:
        """Hear messages, until cancelled."""

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._work_off())]
        if not await within(timing.START, self._whole):
            log.warning("broker: no connection yet; starting without live updates")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        # What a library lets get lost must not keep the process from ending.
        _ended, left = await asyncio.wait(self._tasks, timeout=timing.END)
        if left:
            log.warning("broker: does not end; leaving it behind")

    def _hear(self, topic: str, payload: str) -> None:
        if topic == PULSE:
            self._feel(payload)
            return
        self.on_arrival(topic, payload)
        try:
            self._waiting.put_nowait((topic, payload))
        except asyncio.QueueFull:
            log.error("broker: %d messages wait; dropping them, everyone catches up", MAX_WAITING)
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._miss()

    def _feel(self, pulse: str) -> None:
        session, sent = pulse.split()
        was_whole = self.healthy and session == self._session
        self._session, self._felt_at = session, time.monotonic()
        # By the clocks of two machines, perhaps; a figure to watch, nothing depends on it.
        self.lag_seconds = max(0.0, time.time() - float(sent))
        self._whole.set()
        if not was_whole:
            self._miss()

    def _lose(self) -> None:
        """The connection is gone; the next pulse will say that it is back."""
        self._session = None

    def _miss(self) -> None:
        """Messages may have been lost."""
        self.reconnects += 1
        self._on_reconnect()

    async def _work_off(self) -> None:
        while True:
            topic, payload = await self._waiting.get()
            try:
                await self._handlers[topic](payload)
            except Exception as error:
                # The message is lost to readers here, the change is not: it is in the tables. A database that is away is no
                # mistake of ours.
                is_ours = not isinstance(error, ConnectionError)
                log.error("broker: message %.200r failed: %s", payload, error, exc_info=is_ours)
                self._miss()


def _nobody_asks(topic: str, payload: str) -> None:
    """For a broker whose messages can all wait."""


def within_limits(payload: str) -> str:
    """The payload, which every broker can carry; raises ValueError if not."""
    if len(payload.encode()) > PAYLOAD_BYTES_MAX:
        raise ValueError(f"a message has at most {PAYLOAD_BYTES_MAX} bytes")
    return payload


class Patience:
    """Waits between attempts, longer after each, until one comes through."""

    def __init__(self) -> None:
        self._failures = 0

    def rewarded(self) -> None:
        self._failures = 0

    async def wait(self) -> None:
        longest = min(timing.LAST_RETRY, timing.FIRST_RETRY * 2**self._failures)
        self._failures += 1
        await asyncio.sleep(random.uniform(longest / 2, longest))


async def persist(what: str, attempt: Callable[[Patience], Awaitable[None]]) -> None:
    """Attempt it again whenever it fails, whatever it was: the one thing this must not do is end."""
    patience = Patience()
    while True:
        try:
            await attempt(patience)
        except Exception as error:
            # Before Python 3.13 a group of tasks says nothing of being cancelled when one of them fails just then.
            end_if_asked()
            cause = _first(error)
            log.warning("broker: %s: %s: %s", what, type(cause).__name__, cause)
        end_if_asked()
        await patience.wait()


def end_if_asked() -> None:
    """Raises again a cancellation of this task that got lost on its way through a library."""
    if (here := asyncio.current_task()) and here.cancelling():
        raise asyncio.CancelledError


def _first(error: Exception) -> Exception:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


async def within(seconds: float, event: asyncio.Event) -> bool:
    try:
        # Not wait_for, which may swallow a cancellation (before Python 3.12).
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
