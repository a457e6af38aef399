"""The program itself, in processes of its own: what it withstands, how it tells its state, how it ends."""

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from forum import postgres
from realtime.protocol import Close, Subscribe
from tests.conftest import SECRET
from tests.databases import a_database
from tests.redis_server import RedisServer
from tests.server import STOP_SECONDS, Server, memory, ready, serving, stopped
from tests.sockets import browsing, listening

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]

BODY_BYTES = 100_000_000
PIECE = b"x" * 65_536
# What a process may grow by while it refuses a hundred megabytes.
GROWTH_BYTES = 20_000_000


@pytest_asyncio.fixture(scope="module")
async def server(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    async with a_database(server_url, template) as url:
        folder = tmp_path_factory.mktemp("server")
        async with serving(folder, DATABASE_URL=url, SECRET_KEY=SECRET, WORKER="false") as server:
            yield server
            assert "Traceback" not in server.log.read_text()


@pytest_asyncio.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(server.url) as client:
        yield client
        assert (await client.get("/")).status_code == 200  # whatever it was, the server lives


async def pieces() -> AsyncIterator[bytes]:
    for _ in range(BODY_BYTES // len(PIECE)):
        yield PIECE


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
async def test_a_hundred_megabytes_are_refused_without_being_kept(
    server: Server, client: httpx.AsyncClient, announced: bool
) -> None:
    before, most = memory(server), 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, memory(server))
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if announced:
        headers["Content-Length"] = str(BODY_BYTES // len(PIECE) * len(PIECE))
    page = await client.post("/login", content=pieces(), headers=headers, timeout=60)
    watching.cancel()
    assert page.status_code == 413
    assert "送られたものが大きすぎます" in page.text
    assert most - before < GROWTH_BYTES


GARBAGE = [
    b"\x00\x01\x02\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 5000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nCookie: session=\xff; locale=\xff; notices=\xff\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999999\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: \xff\r\nContent-Length: 1\r\n\r\nx",
    b"GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
]


@pytest.mark.parametrize("number", range(len(GARBAGE)))
async def test_no_garbage_on_the_wire_ends_the_server(
    server: Server, client: httpx.AsyncClient, number: int
) -> None:
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(GARBAGE[number])
    writer.write_eof()
    answer = b""
    async with asyncio.timeout(10):
        with suppress(OSError):  # cut off while it was still talking
            answer = await reader.read()
    writer.close()
    assert not re.match(rb"HTTP/1.1 5", answer)


async def test_readiness_follows_the_database(tmp_path: Path) -> None:
    """Away, and back again, without a restart of ours."""
    with TemporaryDirectory(prefix="kaigishitsu-") as folder, ExitStack() as database:
        url = database.enter_context(postgres.embedded(Path(folder) / "data"))
        async with (
            serving(tmp_path, DATABASE_URL=url, SECRET_KEY=SECRET) as server,
            browsing(server.url) as client,
            listening(server.url) as open_page,
        ):
            database.close()
            await open_page.send(Subscribe(channels={"topic:1": None}))
            assert await open_page.closed() == Close.FAILED, "to come back later"
            away = await client.get("/readyz")
            assert (away.status_code, away.json()["checks"]["database"]) == (503, False)
            assert (await client.get("/healthz")).status_code == 200
            page = await client.get("/")
            assert (page.status_code, page.headers["retry-after"]) == (503, "10")
            assert "データベースとつながりません" in page.text
            for whose in ({}, {"Cookie": "session=hers"}):
                sent = await client.post("/register", data={"pen_name": "はけの道"}, headers=whose)
                assert (sent.status_code, "はけの道" in sent.text) == (503, True)
            with pytest.raises(InvalidStatus, match="503"):
                async with listening(server.url, "hers"):
                    pass
            database.enter_context(postgres.embedded(Path(folder) / "data"))
            await ready(server.process, server.url, server.log)
            assert (await client.get("/")).status_code == 200
            assert "Traceback" not in server.log.read_text()


async def test_readiness_follows_redis_and_pages_do_not_need_it(
    server_url: str, template: str, tmp_path: Path, redis: RedisServer
) -> None:
    async with (
        a_database(server_url, template) as url,
        serving(
            tmp_path, DATABASE_URL=url, BROKER_URL=redis.url, SECRET_KEY=SECRET, WORKER="false"
        ) as server,
        browsing(server.url) as client,
    ):
        redis.stop()
        try:
            async with asyncio.timeout(20):
                while (away := await client.get("/readyz")).status_code == 200:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert away.json()["checks"] == {"database": True, "migrations": True, "broker": False}
            assert (await client.get("/")).status_code == 200
        finally:
            await asyncio.to_thread(redis.start)
        await ready(server.process, server.url, server.log)


async def test_sockets_hear_of_a_restart(server_url: str, template: str, tmp_path: Path) -> None:
    async with (
        a_database(server_url, template) as url,
        serving(tmp_path, DATABASE_URL=url, SECRET_KEY=SECRET, WORKER="false") as server,
    ):
        address = server.url.replace("http:", "ws:")
        async with connect(f"{address}/live") as one, connect(f"{address}/live") as other:
            assert await stopped(server.process) == 0
            for socket in (one, other):
                await socket.wait_closed()
                assert socket.close_code == 1012


async def test_who_was_connected_before_the_end_is_answered(
    server_url: str, template: str, tmp_path: Path
) -> None:
    """A proxy has connected, and its request is on the way: it could not be asked of another process again."""
    async with (
        a_database(server_url, template) as url,
        serving(tmp_path, DATABASE_URL=url, SECRET_KEY=SECRET, WORKER="false") as server,
    ):
        address = urlsplit(server.url)
        connections = [await asyncio.open_connection(address.hostname, address.port) for _ in range(20)]
        server.process.terminate()
        with suppress(ConnectionRefusedError):
            while True:
                connections.append(await asyncio.open_connection(address.hostname, address.port))
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.6)  # a busy machine
        # All at once: each request is on its way, none waits for the others' answers.
        for _, writer in connections:
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        for reader, writer in connections:
            assert (await reader.read()).startswith(b"HTTP/1.1 200")
            writer.close()
        assert await asyncio.wait_for(server.process.wait(), 10) == 0


async def test_ctrl_c_stops_everything(record_property: Callable[[str, object], None]) -> None:
    """A terminal sends the signal to all processes at once. The second start is the one that residents wait for."""
    with TemporaryDirectory(prefix="kaigishitsu-") as folder:
        for start in ("first", "second"):
            started = time.monotonic()
            async with serving(Path(folder), afresh=True) as server:
                record_property(f"seconds of the {start} start", round(time.monotonic() - started, 1))
                os.killpg(server.process.pid, signal.SIGINT)
                assert await asyncio.wait_for(server.process.wait(), STOP_SECONDS) == 0
            assert "Traceback" not in server.log.read_text()
            assert not (Path(folder) / "postgres" / "postmaster.pid").exists()
