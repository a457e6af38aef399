"""Random and mutated bytes against a real server, while pages are asked for: it answers, leaks nothing, logs no error.

FUZZ_SECONDS sets how long (5; 600 for the long form).
"""

import asyncio
import json
import os
import random
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from realtime.protocol import read_server
from tests.attackers import attackers
from tests.conftest import SECRET
from tests.databases import a_database
from tests.realtime.raw import Op, Wire, frame, handshake
from tests.server import Server, connections, memory, open_files, serving, worked

SECONDS = float(os.environ.get("FUZZ_SECONDS", "5"))
pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(SECONDS + 300)]

ATTACKERS = 2
EXAMPLES = 50
# Connections to the database that opened when many asked at once, and stay.
POOL = 20
# Longer than any timeout: pings take 20 s, and as long to be answered.
PATIENCE_SECONDS = 60
CALM_PAGES = max(100, int(SECONDS * 3))
# What a process may hold more than before: buffers of its allocator, caches that have filled.
GROWTH_BYTES = 40_000_000
# How much more the server may do for a page: what attackers send at once is read at once.
SLOWER_MAX = 50

# Numbers, texts and shapes at the edges of what a parser expects.
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 2**53, 2**63, 2**64, 10**400, 1e308, -0.0])
    | st.text(st.characters(), max_size=80)
    | st.sampled_from(
        ["topic:1", "topic:01", "topic:-1", "board:x", "inbox:1", "queue", "\x00", "𠮷野家", "a" * 65]
    )
)
hostile = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
kinds = st.sampled_from(["subscribe", "unsubscribe", "catch_up", "ping", "writing", "hello", "deltas", ""])
channels = st.dictionaries(
    st.sampled_from(["topic:1", "board:midori", "queue"]) | st.text(max_size=8), scalars
)
protocol = st.fixed_dictionaries(
    {"type": kinds | scalars},
    optional={"channels": channels | hostile, "channel": scalars, "after": scalars, "x": hostile},
)
texts = (
    protocol.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | protocol.map(lambda value: json.dumps(value).encode())
    | hostile.map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        [b"[" * 30_000, b'{"type":' * 3000, b'{"type":"ping"}' * 2, b"", b" " * 20_000, b"\\ud800"]
    )
    | st.binary(max_size=300)
)
frames = st.builds(
    frame,
    st.sampled_from([Op.TEXT] * 8 + [*Op]) | st.integers(0, 15),
    texts,
    fin=st.sampled_from([True, True, True, False]),
    rsv=st.sampled_from([0] * 9 + [1, 4, 7]),
    masked=st.sampled_from([True] * 9 + [False]),
    declared=st.none()
    | st.none()
    | st.none()
    | st.sampled_from([0, 125, 126, 65_535, 65_536, 2**31, 2**63, 2**64 - 1]),
    width=st.sampled_from([0, 0, 2, 8]),
).filter(bool)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sound request or frame with some bytes gone, doubled or changed."""
    data = bytearray(draw(st.sampled_from([handshake(), frame(Op.TEXT, b'{"type":"ping"}')]) | frames))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        data[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data)


# What is sent first, what follows, and how the peer leaves.
attacks = st.tuples(
    st.just(handshake()) | st.just(handshake()) | st.just(handshake()) | mutated(),
    st.lists(frames | mutated() | st.lists(frames, min_size=1).map(lambda some: some[0] * 200), max_size=6),
    st.sampled_from(["listen", "half a close", "reset", "vanish"]),
)


def attack(url: str, opening: bytes, data: list[bytes], end: str) -> None:
    """One connection. Whatever it says, what comes back is HTTP or our protocol, and no error of the server."""
    with Wire(url, patience=20) as wire:
        if opening != handshake():
            wire.send(opening + b"".join(data))
            return
        assert wire.open() == 101
        for part in data:
            wire.send(part)
        if end == "reset":
            wire.abort()
        elif end == "half a close":
            wire.half_close()
        elif end == "listen":
            wire.send(frame(Op.CLOSE, b"\x03\xe8"))
            wire.half_close()
            for heard in wire.heard():
                assert heard.code not in (1006, 1011), heard
                if heard.op == Op.TEXT:
                    read_server(heard.payload.decode())


class Over(BaseException):
    """The time is. Whoever makes up the attacks hears of it as of Ctrl-C: to make up the rest of them would take long where
    others have the processor."""


def attack_for(seconds: float, url: str, number: int) -> int:
    """Attacks of ever new kinds; how many."""
    deadline, dice, attacks_made = time.monotonic() + seconds, random.Random(number), 0

    def one(chosen: tuple[bytes, list[bytes], str]) -> None:
        nonlocal attacks_made
        if time.monotonic() > deadline:
            raise Over
        attacks_made += 1
        attack(url, *chosen)

    some = settings(
        max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )  # fmt: skip
    with suppress(Over):
        while True:
            seed(dice.random())(some(given(attacks)(one)))()
    return attacks_made


async def pages_until(done: Callable[[int], bool], server: Server) -> list[float]:
    """How long the server worked from a question to its page, again and again, until it is done with so many: on what else it
    was asked meanwhile, too, but not while the machine did something else."""
    seconds = list[float]()
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        while not done(len(seconds)):
            before = worked(server)
            assert (await client.get("/")).status_code == 200
            seconds.append(worked(server) - before)
            await asyncio.sleep(0.01)
    return seconds


def p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


async def calm_pages(server: Server) -> list[float]:
    return await pages_until(lambda n: n == CALM_PAGES, server)


async def left_behind(server: Server) -> list[str]:
    """The connections of the attackers that the server did not end within the patience that it has with them."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while connections(server):  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.2)
    return connections(server)


async def test_no_bytes_harm_the_server(
    server_url: str, template: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with (
        a_database(server_url, template) as url,
        serving(tmp_path, DATABASE_URL=url, SECRET_KEY=SECRET, WORKER="false") as server,
    ):
        await calm_pages(server)  # the first ones compile the templates
        calm = await calm_pages(server)
        files, bytes_before = open_files(server), memory(server)

        with attackers(ATTACKERS) as elsewhere:
            attacks_made = [
                asyncio.wrap_future(elsewhere.submit(attack_for, SECONDS, server.url, number))
                for number in range(ATTACKERS)
            ]
            attacked = await pages_until(lambda _: all(made.done() for made in attacks_made), server)
            made = sum(await asyncio.gather(*attacks_made))

        after = await calm_pages(server)
        before, during, since = (round(p99(seconds) * 1000, 1) for seconds in (calm, attacked, after))
        summary = f"{made} attacks in {SECONDS:g} s; p99 of a page before, meanwhile, after: {before}, {during}, {since} ms"
        record_property("fuzz", summary)
        print(summary)  # noqa: T201 - with -s
        assert max(during, since) < before * SLOWER_MAX
        assert await left_behind(server) == []
        assert open_files(server) <= files + POOL
        grown = memory(server) - bytes_before
        record_property("memory grown by", grown)
        assert grown < GROWTH_BYTES
        log = server.log.read_text()
        assert "Traceback" not in log
        assert "[error" not in log
