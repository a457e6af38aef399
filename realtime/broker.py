"""What carries a message to every process: it says *that* something changed, never what.

A broker may lose messages while it is away; it then says so, and everyone catches up from the tables.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Protocol, Self

import asyncpg

log = logging.getLogger(__name__)

# Some messages may wait while a burst is rendered; beyond that, catching up is cheaper than working them off.
MAX_WAITING = 10_000
# A connection can die without a word (a cable, a firewall): ask it now and then.
HEARTBEAT_SECONDS = 10.0
HEARTBEAT_TIMEOUT = 5.0
FIRST_RETRY_SECONDS = 0.2
LAST_RETRY_SECONDS = 15.0
# A start waits this long for the first connection, then goes on without: readiness tells.
START_SECONDS = 5.0

OnMessage = Callable[[str], Awaitable[None]]
OnReconnect = Callable[[], None]


class Broker(Protocol):
    """Runs while entered. Calls `on_message` for one message after the other, in the order of their commits,
    and `on_reconnect` whenever messages may have been lost."""

    @property
    def healthy(self) -> bool: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class PostgresBroker:
    """LISTEN on a connection of its own, outside every pool, that comes back by itself.

    Messages are published by `select pg_notify(channel, payload)` inside the transaction they tell about, so
    they arrive if and when it commits. PostgreSQL takes payloads under 8,000 bytes: send ids, not content.
    """

    def __init__(
        self, dsn: str, on_message: OnMessage, on_reconnect: OnReconnect, *, channel: str = "forum"
    ) -> None:
        self._dsn = dsn
        self._channel = channel
        self._on_message = on_message
        self._on_reconnect = on_reconnect
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)
        self._listening = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def healthy(self) -> bool:
        """Whether messages arrive now."""
        return self._listening.is_set()

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._keep_listening()), asyncio.create_task(self._work_off())]
        if not await _within(START_SECONDS, self._listening):
            log.warning("broker: no connection yet; starting without live updates")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep_listening(self) -> None:
        failures = 0
        while True:
            try:
                await self._listen()
            except Exception as error:
                # Whatever it was, the one thing this task must not do is end.
                failures = 0 if self.healthy else failures + 1
                log.warning("broker: connection lost: %s: %s", type(error).__name__, error)
            finally:
                self._listening.clear()
            longest = min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2**failures)
            await asyncio.sleep(random.uniform(longest / 2, longest))

    async def _listen(self) -> None:
        """Listen until the connection fails, which raises."""
        connection = await asyncpg.connect(
            self._dsn,
            timeout=HEARTBEAT_TIMEOUT,
            server_settings={"application_name": f"listening to {self._channel}"},
        )
        try:
            await connection.add_listener(self._channel, self._receive)
            self._listening.set()
            self._on_reconnect()
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            while not await _within(HEARTBEAT_SECONDS, lost):
                await connection.execute("select 1", timeout=HEARTBEAT_TIMEOUT)
            raise ConnectionError("closed by the server")
        finally:
            connection.terminate()

    def _receive(self, connection: object, pid: int, channel: str, payload: object) -> None:
        try:
            self._waiting.put_nowait(str(payload))
        except asyncio.QueueFull:
            log.error("broker: %d messages wait; dropping them, everyone catches up", MAX_WAITING)
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._on_reconnect()

    async def _work_off(self) -> None:
        while True:
            payload = await self._waiting.get()
            try:
                await self._on_message(payload)
            except Exception:
                # The message is lost to readers here, the change is not: it is in the tables.
                log.exception("broker: message %.200r failed", payload)
                self._on_reconnect()


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
