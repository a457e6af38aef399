import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
import pytest

from forum import connecting
from forum.db import AT_MOST, AWAY, Database, as_libpq, connected
from forum.lending import AT_HAND

LOCK = 20260401


async def process(db: Database) -> int:
    """Over which connection a statement goes: the process of the server at its other end."""
    number: int = await db.value("select pg_backend_pid()")
    return number


async def end(url: str, number: int) -> None:
    other = await asyncpg.connect(as_libpq(url))
    await other.execute("select pg_terminate_backend($1, 5000)", number)
    await other.close()


def end_unheard(url: str, number: int) -> None:
    """In another thread, for which this one waits: the event loop hears nothing of it."""
    apart = Thread(target=asyncio.run, args=(end(url, number),))
    apart.start()
    apart.join()


async def waiting(db: Database) -> asyncio.Task[None]:
    """A statement that does not come to its end while somebody has the lock."""
    task = asyncio.create_task(db.value("select pg_advisory_xact_lock(:lock)", lock=LOCK))
    while not await db.value(
        "select exists (select from pg_locks where objid = :lock and not granted)", lock=LOCK
    ):
        assert not task.done()
    return task


async def test_a_server_to_which_there_is_no_way_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else that the system refuses is: a file that is missing is a mistake of ours."""
    monkeypatch.setattr(connecting, "ANSWER_SECONDS", 0.1)

    async def silent(*_: object) -> None:
        await asyncio.sleep(1)

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        never_answers = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for host in (never_answers, "255.255.255.255", "nowhere.invalid", "?host=/nowhere"):
            with pytest.raises(AWAY):
                async with connected(f"postgresql://town@{host}") as db:
                    await db.value("select 1")
    assert not issubclass(FileNotFoundError, AWAY)


@asynccontextmanager
async def over_the_network(url: str) -> AsyncIterator[str]:
    """An address of the server in the network, where it may listen on a file alone."""
    folder = parse_qs(urlsplit(url).query).get("host")
    if folder is None:
        yield url
        return
    way = Path(folder[0]) / ".s.PGSQL.5432"

    async def copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while said := await source.read(65_536):
            to.write(said)
        to.close()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(way)
        await asyncio.gather(copy(reader, to_server), copy(from_server, writer))

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield urlunsplit(urlsplit(url)._replace(netloc=f"postgres@{place}", query=""))


async def test_a_server_whose_machine_vanishes_is_missed_in_seconds(migrated_url: str) -> None:
    """As the system is told to: by default it would try for a quarter of an hour."""
    async with over_the_network(as_libpq(migrated_url)) as url:
        connection = await connecting.connect(url)
        way = connection._transport.get_extra_info("socket")
        assert way.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
        assert way.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert way.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
        assert await connection.fetchval("select 1") == 1
        await connection.close()


async def test_statements_alone_go_over_a_connection_at_hand(migrated_url: str) -> None:
    async with connected(migrated_url) as db:
        first = await process(db)
        assert db.connections == (0, 1)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await db.value("select 1 / 0")
        assert await process(db) == first
        await end(migrated_url, first)
        assert await process(db) != first


async def test_one_that_was_broken_off_leaves_its_connection_as_it_was(migrated_url: str) -> None:
    async with connected(migrated_url) as db:
        async with db.transaction():
            await db.value("select pg_advisory_xact_lock(:lock)", lock=LOCK)
            task = await waiting(db)
            task.cancel()
            await asyncio.wait([task])
        assert task.cancelled()
        size = db.connections[1]
        assert await asyncio.gather(*(db.value("select 1") for _ in range(size))) == [1] * size
        assert db.connections == (0, size)


async def test_closing_waits_for_who_asks_and_not_for_what_is_at_hand(migrated_url: str) -> None:
    holder = await asyncpg.connect(as_libpq(migrated_url))
    await holder.execute("select pg_advisory_lock($1)", LOCK)
    async with connected(migrated_url) as db:
        late = await waiting(db)
        asyncio.get_running_loop().call_soon(holder.terminate)
    assert late.done()
    assert db.connections == (0, 0)


async def test_transactions_are_left_their_share(migrated_url: str) -> None:
    async with connected(migrated_url) as db, asyncio.TaskGroup() as group:
        assert len({*await asyncio.gather(*(process(db) for _ in range(3 * AT_MOST)))}) <= AT_MOST
        together = asyncio.Barrier(AT_MOST - AT_HAND)

        async def hold() -> None:
            async with db.transaction():
                await together.wait()

        for _ in range(together.parties):
            group.create_task(hold())


async def test_whoever_waits_is_given_what_others_give_back(migrated_url: str) -> None:
    began, over = asyncio.Barrier(AT_MOST - AT_HAND + 1), asyncio.Event()

    async def hold(db: Database) -> None:
        async with db.transaction():
            await began.wait()
            await over.wait()

    async with connected(migrated_url) as db, asyncio.TaskGroup() as group:
        for _ in range(AT_MOST - AT_HAND):
            group.create_task(hold(db))
        await began.wait()
        async with asyncio.timeout(5):
            await asyncio.gather(*(process(db) for _ in range(3 * AT_HAND)))
        over.set()
        assert db.connections[1] == AT_MOST


async def test_a_statement_goes_over_the_connection_of_its_transaction(migrated_url: str) -> None:
    async with connected(migrated_url) as db:
        async with db.transaction():
            inside = await process(db)
            async with db.transaction():
                assert await process(db) == inside
            assert await asyncio.create_task(process(db)) != inside
        assert db.connections[0] == 0


@dataclass(frozen=True)
class Row:
    id: int


@pytest.mark.parametrize(("rows", "statements"), [(0, 1), (2, 1), (3, 2), (7, 3)])
async def test_every_row_comes_once_in_batches(db: Database, rows: int, statements: int) -> None:
    before, all_of_them = db.statements, f"select generate_series(:after + 1, {rows}) as id limit :batch"
    assert [row.id async for row in db.each(Row, all_of_them, batch=3)] == [*range(1, rows + 1)]
    assert db.statements == before + statements


async def pass_over(db: Database) -> None:
    """An act of two, of which the second fails after it has written."""
    async with db.transaction():
        with suppress(ZeroDivisionError):
            async with db.transaction():
                await db.run("create table half (id bigint)")
                raise ZeroDivisionError


async def test_whoever_passes_over_an_act_that_failed_commits_nothing(migrated_url: str) -> None:
    async with connected(migrated_url) as db:
        with pytest.raises(RuntimeError, match="passed over"):
            await pass_over(db)
        assert await db.value("select to_regclass('half')") is None
        async with db.transaction():
            assert await db.value("select 1") == 1


async def test_an_attempt_fails_alone_and_nothing_is_told_of_it(migrated_url: str) -> None:
    listener, heard = await asyncpg.connect(as_libpq(migrated_url)), list[object]()
    await listener.add_listener("news", lambda *told: heard.append(told[-1]))
    async with connected(migrated_url) as db:
        async with db.transaction():
            for number in range(3):
                with suppress(asyncpg.DivisionByZeroError):
                    async with db.attempt():
                        await db.notify("news", [str(number)])
                        await db.value("select 1 / :number", number=number)
            await db.notify("news", ["last"])
        while "last" not in heard:
            await listener.execute("select 1")
    await listener.close()
    assert heard == ["1", "2", "last"]


async def test_all_that_a_transaction_tells_goes_out_in_order_at_its_end(migrated_url: str) -> None:
    listener, heard = await asyncpg.connect(as_libpq(migrated_url)), list[object]()
    await listener.add_listener("news", lambda *told: heard.append(told[-1]))
    async with connected(migrated_url) as db:
        with suppress(ZeroDivisionError):
            async with db.transaction():
                await db.notify("news", ["never"])
                raise ZeroDivisionError
        async with db.transaction():
            before = db.statements
            await db.notify("news", ["2", "1"])
            async with db.transaction():
                await db.notify("news", ["3"])
            assert db.statements == before
        assert db.statements == before + 1
        while "3" not in heard:
            await listener.execute("select 1")
    await listener.close()
    assert heard == ["2", "1", "3"]


async def test_what_happens_outside_of_a_transaction_cannot_be_told(db: Database) -> None:
    with pytest.raises(RuntimeError, match="outside of a transaction"):
        await db.notify("news", ["1"])


async def test_a_server_that_goes_within_a_transaction_is_away(migrated_url: str) -> None:
    """What cannot be rolled back any more is so already; a mistake of ours stays one."""

    async def act(statements: int) -> None:
        async with db.transaction():
            for _ in range(statements):
                await end(migrated_url, await process(db))
            if not statements:
                raise asyncpg.InterfaceError("ours")

    async with connected(migrated_url) as db:
        for statements in (1, 2):
            with pytest.raises(AWAY):
                await act(statements)
        with pytest.raises(asyncpg.InterfaceError):
            await act(0)
        assert await db.value("select 1") == 1


@pytest.mark.parametrize("turns", range(4))
async def test_a_server_that_went_is_away_however_far_that_has_been_heard(
    migrated_url: str, turns: int
) -> None:
    async with connected(migrated_url) as db:
        end_unheard(migrated_url, await process(db))
        for _ in range(turns):
            await asyncio.sleep(0)  # a turn of the event loop
        with suppress(*AWAY):
            await db.value("select 1")
        await asyncio.sleep(0.01)
        assert await db.value("select 1") == 1


async def test_a_task_queries_again_after_its_connection_broke(migrated_url: str) -> None:
    """As when the database restarts: the end is noticed only when the open transaction is to be undone."""

    async def break_one() -> None:
        async with db.raw() as connection:
            await connection.execute("begin")
            end_unheard(migrated_url, connection.get_server_pid())

    async with connected(migrated_url) as db:
        with pytest.raises((asyncpg.PostgresError, asyncpg.InternalClientError, OSError)):
            await break_one()
        assert await db.value("select 1") == 1
