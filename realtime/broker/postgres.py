"""LISTEN and NOTIFY: the broker that every town has."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import asyncpg

from realtime.broker import timing
from realtime.broker.receiving import PULSE, Broker, Handlers, Patience, persist, within, within_limits

# The server notices as soon as we do that the other side has vanished, and frees what the session held. What is
# sent here need not survive a power cut, so nothing waits for the disk.
SESSION = """
    set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 2;
    set tcp_user_timeout = '15s'; set synchronous_commit = off
"""

# What the driver raises when the server is away, or on its way.
GONE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)

Hear = Callable[[str, str], None]


class PostgresBroker(Broker):
    """LISTEN on a connection of its own, outside every pool, that comes back by itself."""

    def __init__(self, dsn: str, handlers: Handlers, on_reconnect: Callable[[], None]) -> None:
        super().__init__(handlers, on_reconnect)
        self._dsn = dsn
        self._line: Line | None = None

    async def publish(self, topic: str, payload: str) -> None:
        if self._line is None:
            raise ConnectionError("not connected to PostgreSQL")
        await self._line.publish(topic, within_limits(payload))

    async def _run(self) -> None:
        await persist("listening", self._listen)

    async def _listen(self, patience: Patience) -> None:
        async with line_to(self._dsn, "tell") as line:
            await line.listen(self._handlers, self._hear)
            self._line = line
            patience.rewarded()
            try:
                await line.stay()
            finally:
                self._line = None
                self._lose()


class Line:
    """A connection to PostgreSQL that hears, and notices when it no longer does."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._session = secrets.token_hex(8)
        self._felt, self._lost = asyncio.Event(), asyncio.Event()
        # The driver takes one statement at a time.
        self._turn = asyncio.Lock()
        connection.add_termination_listener(lambda _: self._lost.set())

    async def ask(self, sql: str, *values: object) -> object:
        try:
            async with self._turn:
                return await self._connection.fetchval(sql, *values, timeout=timing.ANSWER)
        except GONE as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error

    async def publish(self, topic: str, payload: str) -> None:
        await self.ask("select pg_notify($1, $2)", topic, payload)

    async def listen(self, topics: Iterable[str], hear: Hear) -> None:
        """From now on every message of the topics is heard, and the pulses of this line."""

        def heard(connection: object, pid: int, topic: str, payload: object) -> None:
            hear(topic, str(payload))

        def felt(connection: object, pid: int, topic: str, payload: object) -> None:
            self._felt.set()
            hear(PULSE, str(payload))

        for topic in topics:
            await self._connection.add_listener(topic, heard)
        await self._connection.add_listener(self._pulse, felt)

    async def stay(self) -> None:
        """Send pulses; raises when one does not come back or the server hangs up."""
        while True:
            self._felt.clear()
            await self.publish(self._pulse, f"{self._session} {time.time():.6f}")
            if not await within(timing.ANSWER, self._felt):
                raise ConnectionError("a pulse did not come back")
            if await within(timing.PULSE, self._lost):
                raise ConnectionError("closed by the server")

    @property
    def _pulse(self) -> str:
        """The topic of the pulses of this line alone."""
        return f"pulse {self._session}"


@asynccontextmanager
async def line_to(dsn: str, purpose: str) -> AsyncIterator[Line]:
    connection = await asyncpg.connect(
        dsn, timeout=timing.ANSWER, server_settings={"application_name": f"listening to {purpose}"}
    )
    try:
        await connection.execute(SESSION, timeout=timing.ANSWER)
        yield Line(connection)
    finally:
        connection.terminate()
