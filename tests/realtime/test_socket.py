"""The endpoint on a real server, spoken to over real sockets."""

import asyncio
import contextlib

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from realtime import sending
from realtime import socket as socket_module
from realtime.protocol import (
    MAX_CHANNELS,
    MAX_FRAME_BYTES,
    CatchUp,
    CaughtUp,
    Close,
    Deltas,
    Error,
    Ping,
    Pong,
    Refused,
    Resync,
    Subscribe,
    Unsubscribe,
)
from realtime.socket import is_same_origin
from tests.realtime.conftest import Join
from tests.realtime.room import Room, eventually


async def everyone_left(room: Room) -> None:
    await eventually(lambda: room.hub.sockets == 0)


async def test_a_subscriber_catches_up_and_then_hears_what_happens(room: Room, join: Join) -> None:
    topic = room.source()
    first, second = topic.put("post-1", "<li>1"), topic.put("post-2", "<li>2")
    async with join() as client:
        [answer] = await client.subscribe(topic_1=1)
        assert answer == CaughtUp(channel="topic:1", after=1, upto=2, deltas=(second,))
        third = topic.put("post-1", "<li>1 again")
        room.tell(third)
        assert await client.next() == Deltas(channel="topic:1", deltas=(third,))
        await client.send(CatchUp(channel="topic:1", after=0))
        caught_up = await client.next()
        assert isinstance(caught_up, CaughtUp)
        assert caught_up.deltas == (second, third), "sparse: post-1 comes once, as it is now"
        assert first not in caught_up.deltas


async def test_a_channel_without_numbers_is_confirmed(join: Join) -> None:
    async with join() as client:
        assert await client.subscribe(home=None) == [CaughtUp(channel="home", after=None, upto=None)]


async def test_a_number_never_issued_is_answered_with_resync(room: Room, join: Join) -> None:
    async with join() as client:
        assert await client.subscribe(topic_1=99) == [Resync(channel="topic:1", after=99)]


async def test_nothing_is_lost_between_listening_and_the_past(room: Room, join: Join) -> None:
    topic = room.source()
    async with join() as client:
        await client.subscribe(home=None)
        room.past.clear()
        await client.send(Subscribe(channels={"topic:1": 0}))
        await eventually(lambda: bool(room.hub.listening("topic:1")))
        delta = topic.put("post-1", "<li>")
        room.tell(delta)
        assert await client.next() == Deltas(channel="topic:1", deltas=(delta,))
        room.past.set()
        assert await client.next() == CaughtUp(channel="topic:1", after=0, upto=1, deltas=(delta,))


async def test_a_forbidden_channel_is_refused_and_not_heard(room: Room, join: Join) -> None:
    room.forbidden.add("topic:1")
    async with join() as client:
        assert await client.subscribe(topic_1=0) == [Refused(channel="topic:1")]
        await client.send(CatchUp(channel="topic:1", after=0))
        assert await client.next() == Refused(channel="topic:1")
        assert room.hub.listening("topic:1") == set()


async def test_unsubscribing_ends_the_messages(room: Room, join: Join) -> None:
    async with join() as client:
        await client.subscribe(home=None)
        await client.send(Unsubscribe(channels=("home",)))
        await client.send(Ping())
        assert await client.next() == Pong()
        assert room.hub.channels == 0


@pytest.mark.parametrize("message", ["}{", '{"type":"subscribe"}', b"\x00\x01", "{}"])
async def test_garbage_is_answered_clearly_and_closes(join: Join, message: str | bytes) -> None:
    async with join() as client:
        await client.connection.send(message)
        assert isinstance(await client.next(), Error)
        assert await client.closed() == Close.GARBAGE


async def test_a_frame_too_big_closes(join: Join) -> None:
    async with join() as client:
        await client.connection.send("x" * (MAX_FRAME_BYTES + 1))
        assert isinstance(await client.next(), Error)
        assert await client.closed() == Close.TOO_BIG


async def test_a_flood_closes(room: Room, join: Join) -> None:
    async with join() as client:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(socket_module.ALLOWANCE + 50):
                await client.send(Ping())
        assert await client.closed() == Close.FLOOD
    await everyone_left(room)


async def test_a_socket_hears_a_bounded_number_of_channels(join: Join) -> None:
    async with join() as client:
        for half in ("a", "b"):
            channels: dict[str, int | None] = {f"{half}:{n}": None for n in range(MAX_CHANNELS // 2 + 1)}
            await client.send(Subscribe(channels=channels))
        assert await client.closed() == Close.FLOOD


async def test_an_allowance_fills_again() -> None:
    allowance = socket_module.Allowance(2, per_second=100)
    assert [allowance.spend(1), allowance.spend(1), allowance.spend(1)] == [True, True, False]
    await asyncio.sleep(0.02)
    assert allowance.spend(1)


@pytest.mark.parametrize(
    ("host", "origin", "welcome"),
    [
        ("room.test", "http://room.test", True),
        (
            "room.test",
            "https://room.test",
            True,
        ),  # behind a proxy; forum/door.py asks for https where the site has it
        ("room.test", "HTTP://Room.Test", True),
        ("Room.test", "http://room.test", True),
        ("room.test:8000", "http://room.test:8000", True),
        ("xn--rhqv96g.test", "http://xn--rhqv96g.test", True),
        ("[2001:db8::1]:8000", "http://[2001:db8::1]:8000", True),
        ("room.test", None, True),  # no browser
        ("room.test", "", False),
        ("room.test", "null", False),
        ("room.test", "room.test", False),
        ("room.test", "http://", False),
        ("room.test", "http://[", False),
        ("room.test", "http://room.test:8000", False),
        ("room.test:8000", "http://room.test", False),
        ("room.test", "http://evil.example", False),
        ("room.test", "http://room.test.evil.example", False),
        ("room.test", "http://evil.example/room.test", False),
        ("room.test", "http://evil.example://room.test", False),
        ("room.test", "http://room.test@evil.example", False),
        ("room.test", "http://evil.example@room.test", False),
        ("room.test", "http://room.test/", False),
        ("room.test", "http://room.test http://evil.example", False),
        ("room.test", "http://room.test.", False),
        ("room.test", "file://room.test", False),
        ("room.test", "chrome-extension://room.test", False),
        ("xn--rhqv96g.test", "http://例え.test", False),  # browsers send the name as the network knows it
        ("", "null", False),
        ("", "http://", False),
    ],
)
def test_only_pages_of_ours_may_connect(host: str, origin: str | None, welcome: bool) -> None:
    assert is_same_origin({"host": host} | ({} if origin is None else {"origin": origin})) is welcome


async def test_a_page_of_another_site_gets_no_connection(address: str) -> None:
    async with connect(f"ws://{address}/live", origin=Origin(f"http://{address}")) as connection:
        assert await connection.recv()
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{address}/live", origin=Origin("http://evil.example"))
    assert refused.value.response.status_code == 403


async def test_who_is_not_welcome_gets_no_connection(room: Room, join: Join) -> None:
    room.banned.add("7")
    with pytest.raises(InvalidStatus):
        async with join(owner="7"):
            pass
    assert room.hub.sockets == 0


async def test_a_change_of_rights_closes_and_is_judged_anew(room: Room, join: Join) -> None:
    async with join(owner="7") as client, join(owner="8") as other:
        room.banned.add("7")
        room.hub.close_owner("7")
        assert await client.closed() == Close.JUDGE_ANEW
        with pytest.raises(InvalidStatus):
            async with join(owner="7"):
                pass
        await other.send(Ping())
        assert await other.next() == Pong()


async def test_rights_revoked_while_we_ask_who_is_there_still_count(room: Room, join: Join) -> None:
    room.answers.clear()

    async def arrive() -> None:
        async with join(owner="7"):
            pass

    arriving = asyncio.create_task(arrive())
    await eventually(lambda: room.asked == 1)  # identified as welcome, not yet in the hub
    room.banned.add("7")
    room.hub.close_owner("7")
    room.answers.set()
    with pytest.raises(InvalidStatus):
        await arriving


async def test_rights_revoked_while_we_ask_about_a_channel_still_count(room: Room, join: Join) -> None:
    async with join() as client:
        room.answers.clear()
        await client.send(Subscribe(channels={"topic:1": 0}))
        await eventually(lambda: room.asked == 2)
        room.forbidden.add("topic:1")
        room.hub.close_channel("topic:1")
        room.answers.set()
        assert await client.next() == Refused(channel="topic:1")


async def test_a_reader_that_does_not_read_is_dropped(
    room: Room, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "FAREWELL_SECONDS", 0.2)
    monkeypatch.setattr(sending, "MAX_BACKLOG_MESSAGES", 8)
    monkeypatch.setattr(sending, "BEHIND_SECONDS", 0.2)
    topic = room.source()
    async with join(max_queue=1) as stuck, join() as reader:
        await stuck.subscribe(topic_1=0)
        await reader.subscribe(topic_1=0)
        stuck.connection.transport.pause_reading()
        for _ in range(200):
            delta = topic.put("post-1", "市" * 50_000)
            room.tell(delta)
            assert await reader.next() == Deltas(channel="topic:1", deltas=(delta,))
            if room.hub.sockets == 1:
                break
        await eventually(lambda: room.hub.sockets == 1)
        await reader.send(Ping())
        assert await reader.next() == Pong()
        stuck.connection.transport.abort()


async def test_clients_that_vanish_leave_nothing_behind(room: Room, join: Join) -> None:
    for _ in range(20):
        async with join() as client:
            await client.subscribe(topic_1=0, home=None)
            client.connection.transport.abort()
    await everyone_left(room)
    assert room.hub.channels == 0


async def test_an_error_of_the_application_closes_with_a_code(room: Room, join: Join) -> None:
    async with join() as client:
        await client.send(Subscribe(channels={"broken": 0}))
        assert await client.closed() == Close.FAILED
    await everyone_left(room)


async def test_a_process_that_goes_away_says_so(room: Room, join: Join) -> None:
    async with join() as client:
        await client.subscribe(home=None)
        room.hub.close()
        assert await client.closed() == Close.RESTART


async def test_broken_websocket_frames_leave_the_server_answering(
    address: str, room: Room, join: Join
) -> None:
    handshake = (
        f"GET /live HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    masked = b"\x00" * 4
    for broken in [
        b"\x81\x05hello",  # not masked
        b"\x81\x82" + masked + b"\xff\xfe",  # not UTF-8
        b"\xf1\x80" + masked,  # reserved bits
        b"\x89\xfe\x01\x00" + masked + b"p" * 256,  # a ping too long
        b"\x81\xff" + b"\xff" * 8 + masked,  # a length beyond reason
        b"\x80\x80" + masked,  # a continuation of nothing
        b"\x01\x85" + masked + b"hello" + b"\x81\x85" + masked + b"again",  # a message inside another
    ]:
        reader, writer = await asyncio.open_connection(*address.split(":"))
        writer.write(handshake)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(broken)
        async with asyncio.timeout(5):
            while await reader.read(65536):
                pass
        writer.close()
    await everyone_left(room)
    async with join() as client:
        await client.send(Ping())
        assert await client.next() == Pong()
