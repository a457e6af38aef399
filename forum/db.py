"""The database, as every query and action sees it: SQL text in, asyncpg records or dataclasses out.

`databases` manages the connections; statements run on the asyncpg connection under it, because its own
path recompiles every statement (about four times the cost of asyncpg's here).
"""

import dataclasses
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from typing import Any, Protocol, TypeVar

import asyncpg
import databases
from databases.core import Connection

from forum import connecting
from forum.lending import AtHand, Lent, works
from forum.placeholders import bound, compiled
from forum.transactions import Transactions

T = TypeVar("T")


class Numbered(Protocol):
    """A row that knows its id."""

    @property
    def id(self) -> int: ...


N = TypeVar("N", bound=Numbered)
# What connecting and querying raise when the server is not there, starts, stops, hung up, or serves as many as it can.
AWAY: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    # It has said that it ends, and nothing else will be heard from it.
    asyncpg.InternalClientError,
    ConnectionError,
)
# Connections of a process.
AT_MOST = 10


class Database:
    """A pool of connections, or one connection lent to a test. Placeholders are written `:name`."""

    def __init__(self, source: databases.Database | Connection) -> None:
        self._source = source
        self._at_hand: AtHand | None = None
        self._transactions = Transactions()
        # Statements sent so far; tests hold pages to a budget with it.
        self.statements = 0

    async def rows(self, sql: str, **values: object) -> list[asyncpg.Record]:
        async with self._raw() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(*bound(sql, values))
            return rows

    async def row(self, sql: str, **values: object) -> asyncpg.Record | None:
        async with self._raw() as connection:
            row: asyncpg.Record | None = await connection.fetchrow(*bound(sql, values))
            return row

    async def value(self, sql: str, **values: object) -> Any:
        """The first column of the first row, or None."""
        async with self._raw() as connection:
            return await connection.fetchval(*bound(sql, values))

    async def run(self, sql: str, **values: object) -> int:
        """Executes a statement; returns how many rows it touched."""
        async with self._raw() as connection:
            status: str = await connection.execute(*bound(sql, values))
            count = status.rsplit(" ", 1)[-1]
            return int(count) if count.isdigit() else 0

    async def run_many(self, sql: str, values: list[dict[str, object]]) -> None:
        """Executes a statement once for each set of values, pipelined in one round trip."""
        if not values:
            return
        text, names = compiled(sql)
        async with self._raw() as connection:
            await connection.executemany(text, [[row[name] for name in names] for row in values])

    async def records(self, cls: type[T], sql: str, **values: object) -> list[T]:
        """Rows as instances of the frozen dataclass whose fields are the columns."""
        return [cls(**row) for row in await self.rows(sql, **values)]

    async def record(self, cls: type[T], sql: str, **values: object) -> T | None:
        row = await self.row(sql, **values)
        return None if row is None else cls(**row)

    async def each(self, cls: type[N], sql: str, *, batch: int = 1000) -> AsyncIterator[N]:
        """Every row there is, `batch` at a time: the statement asks for that many with an id over `:after`, in order."""
        after = 0
        while True:
            found = await self.records(cls, sql, after=after, batch=batch)
            for row in found:
                yield row
                after = row.id
            if len(found) < batch:
                return

    @property
    def connections(self) -> tuple[int, int]:
        """How many are in use, and how many are open."""
        if isinstance(self._source, Connection):
            return 1, 1
        pool = getattr(self._source._backend, "_pool", None)
        if pool is None:
            return 0, 0
        idle = pool.get_idle_size() + len(self._at_hand or ())
        return pool.get_size() - idle, pool.get_size()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Database"]:
        """Connects for the length of the block."""
        async with self._source as source:
            backend: Any = source._backend
            self._at_hand = AtHand(backend._pool)
            try:
                yield self
            finally:
                await self._at_hand.close()

    def transaction(self, isolation: str | None = None) -> AbstractAsyncContextManager[None]:
        """All or nothing; inside another transaction, a part of it, which fails as a whole. One task only. In one that
        begins as `repeatable_read` everything is read as of one moment."""
        whole = self._transactions.of(self._holding())
        return self.attempt(isolation) if whole is None else whole.part()

    @asynccontextmanager
    async def attempt(self, isolation: str | None = None) -> AsyncIterator[None]:
        """The same, but inside another transaction it may fail alone: a savepoint."""
        async with self._held() as connection:
            with self._transactions.begun(connection) as whole:
                outermost = not connection.is_in_transaction()
                async with connection.transaction(isolation=isolation if outermost else None):
                    yield
                    await self._tell(whole.end())

    async def notify(self, channel: str, payloads: list[str]) -> None:
        """Tells whoever listens, in this order, if and when the transaction commits: all that it tells, in one statement.
        Raises outside of one: whoever listens would look before all of it is there, and not again."""
        whole = self._transactions.of(self._holding())
        if whole is None:
            raise RuntimeError("what happens outside of a transaction cannot be told")
        whole.told += [(channel, payload) for payload in payloads]

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[asyncpg.Connection]:
        """The asyncpg connection itself, for libraries that speak to one (the job queue)."""
        async with self._held() as connection:
            yield connection

    async def _tell(self, told: list[tuple[str, str]]) -> None:
        if told:
            channels, payloads = zip(*told, strict=True)
            await self.run(
                "select pg_notify(c, p) from unnest(cast(:channels as text[]), cast(:payloads as text[])) told (c, p)",
                channels=channels,
                payloads=payloads,
            )

    def _raw(self) -> AbstractAsyncContextManager[Any]:
        """For one statement: the connection that this task holds already, or one at hand."""
        self.statements += 1
        holding = self._holding()
        if holding is not None:
            return nullcontext(holding)
        assert self._at_hand is not None, "the database is not open"
        return Lent(self._at_hand)

    def _holding(self) -> Any:
        """The connection that this task holds already, if it does."""
        source = self._source
        held = source if isinstance(source, Connection) else source._connection
        return held.raw_connection if held is not None and held._connection_counter else None

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[Any]:
        """The connection of this task. One that broke and could not be given back is forgotten: the library keeps
        it for the task, and a task that lives long (whoever listens to events) would never query again."""
        source = self._source
        connection = source if isinstance(source, Connection) else source.connection()
        try:
            async with connection:
                with _telling_that_it_broke(connection.raw_connection) as raw:
                    yield raw
        except BaseException:
            if isinstance(source, databases.Database) and connection._connection_counter == 0:
                source._connection = None
            raise


@contextmanager
def _telling_that_it_broke(connection: Any) -> Iterator[Any]:
    """By ConnectionError, where the driver says instead that it cannot end the transaction properly."""
    try:
        yield connection
    except asyncpg.InterfaceError as error:
        if works(connection):
            raise
        raise ConnectionError(str(error)) from error


def database(url: str, zone: str = "Asia/Tokyo") -> Database:
    """A pool on the server at `url`, not yet open: see `opened`. `zone` is the town's, in which its days end."""
    source = databases.Database(
        as_asyncpg(url),
        min_size=0,  # while the server is away, the pool would log every attempt to have one again
        max_size=AT_MOST,
        connect=connecting.connect,
        init=connecting.prepare,
        reset=connecting.as_it_is,
        server_settings={"town.zone": zone},
    )
    return Database(source)


@asynccontextmanager
async def connected(url: str, zone: str = "Asia/Tokyo") -> AsyncIterator[Database]:
    """An open pool for the length of the block, as commands use it."""
    async with database(url, zone).opened() as db:
        yield db


def as_asyncpg(url: str) -> str:
    """The same address in the spelling that selects the asyncpg driver."""
    return re.sub(r"^postgres(ql)?(\+asyncpg)?://", "postgresql+asyncpg://", url)


def as_libpq(url: str) -> str:
    """The same address as libpq and asyncpg themselves read it."""
    return re.sub(r"^postgres(ql)?(\+asyncpg)?://", "postgresql://", url)


def columns(cls: type) -> str:
    """The fields of a dataclass as a select list."""
    return ", ".join(field.name for field in dataclasses.fields(cls))
