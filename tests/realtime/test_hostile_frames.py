"""What a real server does with frames that no library would send."""

import asyncio
from collections.abc import AsyncIterator
from itertools import islice

import pytest
import pytest_asyncio

from realtime.handshakes import HEAD_SECONDS
from realtime.protocol import Close, Hello, Ping, Pong, Subscribe, read_server, write
from realtime.wire import FULL
from tests.conftest import SECRET
from tests.databases import a_database
from tests.realtime.raw import Heard, Op, Wire, answers, close, frame, handshake
from tests.realtime.room import PATIENCE_SECONDS
from tests.server import Server, memory, serving

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(120)]

PROTOCOL_ERROR, NO_UTF8, TOO_BIG = 1002, 1007, 1009
PING = write(Ping()).encode()
ASK = write(Subscribe(channels={"board:nowhere": None})).encode()
LIMIT = 64 * 1024


@pytest_asyncio.fixture(scope="module")
async def server(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    async with a_database(server_url, template) as url:
        folder = tmp_path_factory.mktemp("hostile")
        async with serving(folder, DATABASE_URL=url, SECRET_KEY=SECRET, WORKER="false") as server:
            yield server
            log = server.log.read_text()
            assert "Traceback" not in log
            assert "[error" not in log


def fragments(payload: bytes, size: int, op: Op = Op.TEXT) -> bytes:
    """A message in pieces."""
    pieces = [payload[start : start + size] for start in range(0, len(payload), size)]
    last = len(pieces) - 1
    return b"".join(frame(Op.CONT if n else op, piece, fin=n == last) for n, piece in enumerate(pieces))


GOODBYE = close(1000)
JAPANESE = '{"type":"ping","市":1}'.encode()
ENDINGS: dict[str, tuple[bytes, int]] = {
    "masked with nothing": (frame(Op.TEXT, PING, masked=False), PROTOCOL_ERROR),
    "control frame without a mask": (frame(Op.PING, masked=False), PROTOCOL_ERROR),
    **{f"reserved bits {bits:03b}": (frame(Op.TEXT, PING, rsv=bits), PROTOCOL_ERROR) for bits in range(1, 8)},
    **{f"reserved opcode {op}": (frame(op, PING), PROTOCOL_ERROR) for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "a ping of 126 bytes": (frame(Op.PING, b"x" * 126), PROTOCOL_ERROR),
    "a pong of 64 KiB": (frame(Op.PONG, b"x" * LIMIT), PROTOCOL_ERROR),
    "a goodbye of 126 bytes": (close(1000, b"x" * 124), PROTOCOL_ERROR),
    "a ping in pieces": (frame(Op.PING, b"x", fin=False), PROTOCOL_ERROR),
    "a goodbye in pieces": (frame(Op.CLOSE, b"\x03\xe8", fin=False), PROTOCOL_ERROR),
    "goes on without a start": (frame(Op.CONT, PING), PROTOCOL_ERROR),
    "starts anew in the middle": (frame(Op.TEXT, PING, fin=False) + frame(Op.TEXT, PING), PROTOCOL_ERROR),
    "a goodbye in the middle": (frame(Op.TEXT, PING, fin=False) + GOODBYE, PROTOCOL_ERROR),
    "a goodbye of one byte": (frame(Op.CLOSE, b"\x03"), PROTOCOL_ERROR),
    **{f"goodbye {code}": (close(code), PROTOCOL_ERROR) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000)},
    "a reason that is no UTF-8": (close(1000, b"\xff\xfe"), NO_UTF8),
    "declares 2^63": (frame(Op.TEXT, b"", declared=1 << 63), TOO_BIG),
    "declares 2^64 - 1": (frame(Op.BINARY, b"", declared=(1 << 64) - 1), TOO_BIG),
    "declares a byte too many": (frame(Op.TEXT, b"", declared=LIMIT + 1), TOO_BIG),
    "pieces without an end": (frame(Op.TEXT, b"x" * 1000, fin=False) + frame(Op.CONT, b"x" * 1000, fin=False) * 99, TOO_BIG),
    "empty pieces without an end": (frame(Op.TEXT, fin=False) + frame(Op.CONT, fin=False) * 20_000, TOO_BIG),
    "no UTF-8": (frame(Op.TEXT, b"\xff"), NO_UTF8),
    "an overlong slash": (frame(Op.TEXT, b"\xc0\xaf"), NO_UTF8),
    "half of a surrogate pair": (frame(Op.TEXT, b"\xed\xa0\x80"), NO_UTF8),
    "half a character at the end": (frame(Op.TEXT, b"\xe5\xb8"), NO_UTF8),
    "no UTF-8 across pieces": (fragments("市".encode()[:2] + b"x", 1), NO_UTF8),
    "bytes": (frame(Op.BINARY, PING), Close.GARBAGE),
    "too large for the protocol": (frame(Op.TEXT, b" " * (16 * 1024) + PING), Close.TOO_BIG),
    "unknown keys in Japanese": (fragments(JAPANESE, 1), Close.GARBAGE),
    "a NUL": (frame(Op.TEXT, b"\0"), Close.GARBAGE),
    "a lone surrogate in JSON": (frame(Op.TEXT, rb'{"type":"\ud800"}'), Close.GARBAGE),
    "deep nesting": (frame(Op.TEXT, b'{"type":' + b"[" * 8000), Close.GARBAGE),
    "a number of ten thousand digits": (
        frame(Op.TEXT, b'{"type":"catch_up","channel":"home","after":' + b"9" * 10_000 + b"}"), Close.GARBAGE,
    ),
    "not a number": (frame(Op.TEXT, b'{"type":"catch_up","channel":"home","after":NaN}'), Close.GARBAGE),
    "a flood of questions": (frame(Op.TEXT, PING) * 500, Close.FLOOD),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), ENDINGS.values(), ids=ENDINGS)
async def test_a_breach_ends_the_connection_with_its_code(server: Server, data: bytes, code: int) -> None:
    *before, goodbye = await asyncio.to_thread(answers, server.url, data)
    assert goodbye.code == code
    assert all(heard.op in (Op.TEXT, Op.PONG) for heard in before)


PONG = write(Pong()).encode()
FINE: dict[str, tuple[bytes, list[bytes]]] = {
    "in pieces": (fragments(PING, 3), [PONG]),
    "a byte at a time": (fragments(PING, 1), [PONG]),
    "in empty pieces": (frame(Op.TEXT, fin=False) + frame(Op.CONT, fin=False) * 9 + frame(Op.CONT, PING), [PONG]),
    "pings between the pieces": (
        frame(Op.TEXT, PING[:5], fin=False) + frame(Op.PING, b"?") + frame(Op.CONT, PING[5:]), [b"?", PONG]
    ),
    "a longer length than needed": (frame(Op.TEXT, PING, width=2) + frame(Op.TEXT, PING, width=8), [PONG, PONG]),
    "pongs that nobody asked for": (frame(Op.PONG, b"x") * 100 + frame(Op.TEXT, PING), [PONG]),
    "a ping of 125 bytes": (frame(Op.PING, b"x" * 125), [b"x" * 125]),
    **{f"goodbye {code}": (close(code), []) for code in (1000, 1001, 1011, 3000, 4999)},
    "a goodbye with a reason": (close(1000, "またね".encode()), []),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), FINE.values(), ids=FINE)
async def test_what_is_unusual_and_right_is_answered(server: Server, data: bytes, said: list[bytes]) -> None:
    def talk() -> list[Heard]:
        with Wire(server.url) as wire:
            assert wire.open() == 101
            wire.send(data)
            answers = list(islice(wire.heard(), 1 + len(said)))
            wire.send(GOODBYE)
            return [*answers, *wire.heard()]

    hello, *before, goodbye = await asyncio.to_thread(talk)
    assert read_server(hello.payload.decode()) == Hello()
    assert [heard.payload for heard in before] == said
    assert goodbye.op == Op.CLOSE


HANDSHAKES: dict[str, tuple[bytes, set[int]]] = {
    "an offer to compress": (handshake(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits"), {101}),
    "an odd offer": (handshake(Sec_WebSocket_Extensions="permessage-deflate; server_max_window_bits=99, x; y=\"z\""), {101}),
    "offers by the dozen": (handshake(Sec_WebSocket_Extensions=", ".join(["permessage-deflate"] * 300)), {101}),
    "an offer that cannot be read": (handshake(Sec_WebSocket_Extensions=";;=,\""), {101, 400}),
    "other protocols": (handshake(Sec_WebSocket_Protocol="chat, \x80, superchat"), {101, 400}),
    "no key": (handshake(without=("Sec-WebSocket-Key",)), {400}),
    "two keys": (handshake("Sec-WebSocket-Key: x"), {400}),
    "a short key": (handshake(Sec_WebSocket_Key="eA=="), {400}),
    "a key that is none": (handshake(Sec_WebSocket_Key="\xff\xfe"), {400}),
    "no version": (handshake(without=("Sec-WebSocket-Version",)), {400, 426}),
    "another version": (handshake(Sec_WebSocket_Version="8"), {400, 426}),
    "no upgrade": (handshake(without=("Upgrade",)), {200, 400, 404, 426}),
    "an upgrade to something else": (handshake(Upgrade="h2c"), {200, 400, 404, 426}),
    "no connection": (handshake(Connection="close"), {200, 400, 404, 426}),
    "posted": (handshake(method="POST"), {400, 403, 404, 405}),
    "an old version of HTTP": (handshake(version="HTTP/1.0"), {101, 400, 426, 505}),
    "with a body": (handshake("Content-Length: 5"), {101, 400}),
    "a body in chunks": (handshake("Transfer-Encoding: chunked"), {101, 400}),
    "no host": (handshake(without=("Host",)), {101, 400}),
    "two hosts": (handshake("Host: evil.test"), {101, 400}),
    "another site": (handshake(Origin="http://evil.test"), {403}),
    "a path in Japanese": (handshake(path="/市".encode()), {400, 403, 404}),
    "an encoded path": (handshake(path=b"/%6cive"), {101}),
    "a path that is no UTF-8": (handshake(path=b"/%ff%fe"), {403, 404}),
    "a NUL in the path": (handshake(path=b"/live%00"), {403, 404}),
    "another path": (handshake(path=b"/elsewhere"), {403, 404}),
    "a whole address as the path": (handshake(path=b"http://room.test/live"), {101, 400, 403, 404}),
    "a cookie that is none": (handshake(b"Cookie: session=\xff\xfe; locale=\xff"), {101, 400}),
    "a cookie of 4 KiB": (handshake(Cookie="session=" + "x" * 4096), {101}),
    "a header of 60 KiB": (handshake(X="x" * 60_000), {101, 400, 431}),
    "a thousand headers": (handshake(*["X: y"] * 1000), {101, 400, 431}),
    "an odd language": (handshake(Cookie="locale=../../etc/passwd"), {101}),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "statuses"), HANDSHAKES.values(), ids=HANDSHAKES)
async def test_an_odd_handshake_is_answered(server: Server, request_: bytes, statuses: set[int]) -> None:
    def knock() -> int:
        with Wire(server.url) as wire:
            return wire.open(request_)

    assert await asyncio.to_thread(knock) in statuses


PIECEMEAL = {
    "nothing": (b"", b""),
    "half a head": (handshake()[:-2], b"x"),
    "empty lines": (b"\r\n", b"\r\n"),
    "half a second request": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /hea", b"l"),
    "empty lines after a request": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n\r\n", b"\r\n"),
}


async def test_a_request_that_never_ends_is_hung_up_on(server: Server) -> None:
    """However little it says, and however often."""

    def is_hung_up(start: bytes, drop: bytes) -> bool:
        with Wire(server.url) as wire:
            wire.send(start)
            for _ in range(int((HEAD_SECONDS + PATIENCE_SECONDS) * 2)):
                wire.send(drop)
                if wire.is_hung_up(within=0.5):
                    return True
        return False

    ended = await asyncio.gather(*(asyncio.to_thread(is_hung_up, *parts) for parts in PIECEMEAL.values()))
    assert all(ended), dict(zip(PIECEMEAL, ended, strict=True))


async def test_a_head_without_an_end_is_refused(server: Server) -> None:
    def pour() -> int:
        with Wire(server.url) as wire:
            return wire.open(handshake()[:-2] + b"X: " + b"y" * 1_000_000)

    assert await asyncio.to_thread(pour) in (0, 400)  # 0: cut off while it was still talking


async def test_a_peer_that_asks_and_never_reads_costs_a_bounded_amount(server: Server) -> None:
    def flood(data: bytes) -> int:
        with Wire(server.url) as wire:
            assert wire.open() == 101
            for sent in range(0, 32_000_000, len(data)):
                try:
                    wire.socket.sendall(data)
                except (ConnectionError, TimeoutError):
                    return sent
        return 32_000_000

    before = memory(server)
    pings, quiet = frame(Op.PING, b"x" * 125) * 500, frame(Op.PONG, b"x" * 125) * 500
    sent = await asyncio.gather(*(asyncio.to_thread(flood, data) for data in [pings] * 3 + [quiet]))
    assert max(sent[:3]) < 32_000_000, "whoever takes no answers is cut off"
    assert memory(server) - before < 3 * 3 * FULL
