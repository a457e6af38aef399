"""Who reads and who writes, on two real servers: told to those who read the same, by the names they chose."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from forum import clock
from forum.access import Actor
from forum.accounts import actions as accounts
from forum.boards import actions as boards
from forum.db import Database, connected
from forum.topics.actions import steering
from realtime.protocol import Close, Ping, Presence, Writing
from realtime.socket import ALLOWANCE
from tests.conftest import SECRET
from tests.databases import a_database
from tests.factories import a_board, a_facilitator, a_newcomer, a_staff_member, a_topic, an_account
from tests.redis_server import redis_server
from tests.server import serving
from tests.sockets import PATIENCE, Socket, a_session, browsing, heard, listening

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(120)]


@dataclass(frozen=True, slots=True)
class Town:
    db: Database
    sites: tuple[str, str]


@asynccontextmanager
async def two_servers(
    server_url: str, template: str, paths: pytest.TempPathFactory, **settings: str
) -> AsyncIterator[Town]:
    async with a_database(server_url, template) as url, AsyncExitStack() as servers:
        settings |= {"DATABASE_URL": url, "SECRET_KEY": SECRET, "WORKER": "false"}
        sites = [
            await servers.enter_async_context(serving(paths.mktemp(name), **settings))
            for name in ("one", "two")
        ]
        async with connected(url) as db:
            yield Town(db, (sites[0].url, sites[1].url))
        for site in sites:
            log = site.log.read_text()
            assert "Traceback" not in log
            assert "presence:" not in log


@pytest_asyncio.fixture(scope="module")
async def town(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    async with two_servers(server_url, template, tmp_path_factory) as town:
        yield town


@pytest_asyncio.fixture(params=["postgresql", "redis"])
async def either_town(
    request: pytest.FixtureRequest,
    town: Town,
    server_url: str,
    template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    """Two servers that tell each other over PostgreSQL, or over Redis."""
    if request.param == "postgresql":
        yield town
        return
    with redis_server() as redis:
        async with two_servers(server_url, template, tmp_path_factory, BROKER_URL=redis.url) as fleet:
            yield fleet


async def a_topic_channel(town: Town, kind: str = "official") -> str:
    return f"topic:{(await a_topic(town.db, board=await a_board(town.db, kind))).topic_id}"


async def a_named_reader(town: Town) -> Actor:
    reader = await an_account(town.db)
    await accounts.name_while_reading(town.db, reader.id or 0, named=True)
    await heard(town.db, *town.sites)
    return reader


async def told(socket: Socket, readers: int, *names: str, writing: int = 0) -> list[Presence]:
    """Waits until the reader is told just this; all that it was told until then."""
    heard: list[Presence] = []
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await socket.next()
                if isinstance(frame, Presence):
                    heard.append(frame)
                    if (frame.readers, frame.names, frame.writing) == (readers, names, writing):
                        return heard
    except TimeoutError:
        pytest.fail(f"told {heard}")


@asynccontextmanager
async def one_more(site: str, channel: str, session: str | None = None) -> AsyncIterator[None]:
    """Somebody who comes to read, so that all are told anew: what was to be told before is told with that at the latest."""
    async with listening(site, session) as newcomer:
        await newcomer.subscribe({channel: None})
        yield


async def says_in_vain(socket: Socket, channel: str) -> None:
    """That its reader is writing; returns when the server has taken it in."""
    await socket.send(Writing(channel=channel))
    await socket.send(Ping())
    while (await socket.next()).type != "pong":
        pass


async def test_readers_on_two_servers_know_of_each_other(either_town: Town) -> None:
    town = either_town
    topic, resident = await a_topic(town.db), await a_named_reader(town)
    channel = f"topic:{topic.topic_id}"
    session = await a_session(town.db, resident)
    async with listening(town.sites[0]) as guest, listening(town.sites[1]) as other:
        for socket in (guest, other):
            await socket.subscribe({channel: None})
        for socket in (guest, other):
            await told(socket, 2)
        async with listening(town.sites[1], session) as writer, listening(town.sites[0], session) as window:
            await writer.subscribe({channel: None})
            await window.subscribe({channel: None})
            for socket in (guest, other, writer, window):
                await told(socket, 3, resident.pen_name)
            await writer.send(Writing(channel=channel))
            await guest.send(Writing(channel=channel))
            for socket in (guest, other, writer, window):
                await told(socket, 3, resident.pen_name, writing=1)
            async with browsing(town.sites[0], session) as client:
                await client.post(f"/topics/{topic.topic_id}/replies", data={"body": "賛成です。"})
            for socket in (guest, other):
                await told(socket, 3, resident.pen_name)
        for socket in (guest, other):
            await told(socket, 2)


async def test_a_name_comes_and_goes_as_its_owner_wishes(town: Town) -> None:
    channel, resident = await a_topic_channel(town), await an_account(town.db)
    session = await a_session(town.db, resident)
    async with listening(town.sites[0]) as guest, browsing(town.sites[1], session) as client:
        await guest.subscribe({channel: None})
        for data, names in [({}, ()), ({"named": "on"}, (resident.pen_name,)), ({}, ())]:
            async with listening(town.sites[1], session) as socket:
                await socket.subscribe({channel: None})
                await client.post("/account/reading", data=data)
                assert await socket.closed() == Close.JUDGE_ANEW
            async with listening(town.sites[1], session) as socket:
                await socket.subscribe({channel: None})
                await told(guest, 2, *names)
            await told(guest, 1)


async def test_a_suspended_reader_loses_the_name_and_writes_no_more(town: Town) -> None:
    channel, resident = await a_topic_channel(town), await a_named_reader(town)
    session = await a_session(town.db, resident)
    async with listening(town.sites[0]) as guest:
        await guest.subscribe({channel: None})
        async with listening(town.sites[1], session) as socket:
            await socket.subscribe({channel: None})
            await socket.send(Writing(channel=channel))
            await told(guest, 2, resident.pen_name, writing=1)
            await accounts.restrict(town.db, resident.id or 0, suspended_at=clock.now())
            await told(guest, 1)
        async with listening(town.sites[1], session) as socket:
            await socket.subscribe({channel: None})
            await says_in_vain(socket, channel)
            async with one_more(town.sites[1], channel):
                heard = await told(guest, 3)
        assert not [frame for frame in heard if frame.writing or frame.names]


async def test_the_staff_room_is_told_to_its_own(town: Town) -> None:
    internal, public = await a_topic_channel_of_staff(town), await a_topic_channel(town)
    sessions = [await a_session(town.db, await a_staff_member(town.db)) for _ in range(2)]
    async with (
        listening(town.sites[0]) as guest,
        listening(town.sites[0], await a_session(town.db, await an_account(town.db))) as resident,
        listening(town.sites[0], sessions[0]) as one,
        listening(town.sites[1], sessions[1]) as two,
    ):
        for stranger in (guest, resident):
            answers = await stranger.subscribe({internal: None, public: None})
            assert (answers[internal].type, answers[public].type) == ("refused", "caught_up")
            await stranger.send(Writing(channel=internal))
        for staff in (one, two):
            await staff.subscribe({internal: None})
        for stranger in (guest, resident):
            await told(stranger, 2)
        for staff in (one, two):
            await told(staff, 2)
        await one.send(Writing(channel=internal))
        for staff in (one, two):
            await told(staff, 2, writing=1)
        async with one_more(town.sites[0], public):
            assert {frame.channel for frame in await told(guest, 3)} == {public}


async def a_topic_channel_of_staff(town: Town) -> str:
    staff, board = await a_staff_member(town.db), await a_board(town.db, "staff")
    return f"topic:{(await a_topic(town.db, staff, board=board)).topic_id}"


async def test_a_locked_topic_is_written_in_by_those_who_keep_it(town: Town) -> None:
    board = await a_board(town.db)
    keeper, resident = await a_facilitator(town.db, board), await an_account(town.db)
    topic = await a_topic(town.db, board=board)
    channel = f"topic:{topic.topic_id}"
    await heard(town.db, *town.sites)
    async with (
        listening(town.sites[0]) as guest,
        listening(town.sites[0], await a_session(town.db, resident)) as reader,
        listening(town.sites[1], await a_session(town.db, keeper)) as writer,
    ):
        for socket in (guest, reader, writer):
            await socket.subscribe({channel: None})
        await reader.send(Writing(channel=channel))
        await told(guest, 3, writing=1)
        await steering.lock(town.db, keeper, topic.topic_id)
        await told(guest, 3)
        await says_in_vain(reader, channel)
        async with one_more(town.sites[0], channel):
            assert not [frame for frame in await told(guest, 4) if frame.writing]
            await writer.send(Writing(channel=channel))
            await told(guest, 4, writing=1)


async def test_a_held_topic_tells_its_author_and_moderators_only(town: Town) -> None:
    newcomer, board = await a_newcomer(town.db), await a_board(town.db)
    moderator, another = await an_account(town.db), await an_account(town.db)
    for keeper in (moderator, another):
        await boards.give_role(town.db, board.id, keeper.id or 0, "moderator")
    channel = f"topic:{(await a_topic(town.db, newcomer, board=board)).topic_id}"
    await heard(town.db, *town.sites)
    async with (
        listening(town.sites[0], await a_session(town.db, newcomer)) as author,
        listening(town.sites[1], await a_session(town.db, moderator)) as judge,
        listening(town.sites[1]) as guest,
    ):
        assert (await guest.subscribe({channel: None}))[channel].type == "refused"
        for socket in (author, judge):
            await socket.subscribe({channel: None})
        for socket in (author, judge):
            await told(socket, 2)
        await says_in_vain(judge, channel)
        async with one_more(town.sites[1], channel, await a_session(town.db, another)):
            assert not [frame for frame in await told(author, 3) if frame.writing]


async def test_a_flood_of_signs_ends_the_connection(town: Town) -> None:
    channel, resident = await a_topic_channel(town), await an_account(town.db)
    async with listening(town.sites[0], await a_session(town.db, resident)) as socket:
        await socket.subscribe({channel: None})
        for _ in range(ALLOWANCE + 50):
            await socket.send(Writing(channel=channel))
        assert await socket.closed() == Close.FLOOD


async def test_signs_that_mean_nothing_are_harmless(town: Town) -> None:
    resident = await an_account(town.db)
    async with listening(town.sites[0], await a_session(town.db, resident)) as socket:
        for channel in ("topic:1", "topic:", "board:none", "home", "nothing:at:all"):
            await socket.send(Writing(channel=channel))
        await socket.send(Ping())
        assert (await socket.next()).type == "pong"
