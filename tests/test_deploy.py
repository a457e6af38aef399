"""What a town runs, as we ship it: nginx before two real processes, a worker, and the units that start them."""

import asyncio
import configparser
import os
import re
import shutil
import signal
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from forum.access import Role
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.db import Database, connected
from forum.pace.rules import LIMITS
from forum.rendering import asset
from forum.settings import ROOT, Settings
from realtime.protocol import (
    CatchUp,
    Deltas,
    Hello,
    Presence,
    ServerFrame,
    Subscribe,
    read_server,
    write,
)
from tests.conftest import SECRET
from tests.databases import a_database
from tests.factories import PASSWORD, a_post, a_topic, an_account
from tests.nginx import Proxy, proxying
from tests.realtime.reader import Reader
from tests.server import START_SECONDS, STOP_SECONDS, Server, free_port, serving
from tests.sockets import ANSWER_SECONDS, OPENING_SECONDS, browsing

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]

DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
NUMBER = re.compile(r'data-live-number="(\d+)"')


@dataclass
class Town:
    """Two processes behind nginx; a process can be stopped, and started again on the same port."""

    proxy: Proxy
    db: Database
    database_url: str
    folders: list[Path]
    ports: list[str]
    servers: list[Server] = field(default_factory=list)
    running: list[AsyncExitStack] = field(default_factory=list)

    async def start(self, n: int) -> None:
        stack = AsyncExitStack()
        server = await stack.enter_async_context(
            serving(self.folders[n], **self.settings(PORT=self.ports[n]))
        )
        self.servers[n : n + 1], self.running[n : n + 1] = [server], [stack]

    async def stop(self, n: int) -> None:
        await self.running[n].aclose()

    async def restart(self, n: int) -> None:
        await self.stop(n)
        await self.start(n)

    def settings(self, **more: str) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": SECRET,
            "WORKER": "false",
            "TRUSTED_PROXIES": "127.0.0.1",
            "PUBLIC_URL": self.proxy.url,
            **more,
        }

    def visitor(self, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """A browser of sorts at an address of this machine; the proxy's own is trusted, others are people's."""
        transport = httpx.AsyncHTTPTransport(verify=self.proxy.trust, local_address=address)
        headers = {"Sec-Fetch-Site": "same-origin"}
        return httpx.AsyncClient(
            base_url=self.proxy.url, transport=transport, headers=headers, timeout=ANSWER_SECONDS
        )

    async def session(self) -> str:
        """The cookie of somebody who may write as fast as they like."""
        person = await an_account(self.db, Role.ADMINISTRATOR)
        account = await account_queries.account(self.db, person.id or 0)
        assert account is not None
        return await accounts.open_session(self.db, account)


@pytest_asyncio.fixture(scope="module")
async def town(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    ports, url_port = [str(free_port()), str(free_port())], free_port()
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    async with (
        a_database(server_url, template) as url,
        connected(url) as db,
        proxying(tmp_path_factory.mktemp("nginx"), (ports[0], ports[1]), url_port) as proxy,
    ):
        town = Town(proxy, db, url, folders, ports)
        for n in range(2):
            await town.start(n)
        yield town
        for n in range(2):
            await town.stop(n)
            assert "Traceback" not in town.servers[n].log.read_text()


@asynccontextmanager
async def live(site: str, trust: ssl.SSLContext | None = None) -> AsyncIterator[ClientConnection]:
    address = site.replace("http", "ws", 1) + "/live"
    async with connect(address, ssl=trust, open_timeout=OPENING_SECONDS) as connection:
        assert read_server(await connection.recv()) == Hello()
        yield connection


async def test_pages_come_from_every_process(town: Town) -> None:
    async with town.visitor() as visitor:
        pages = await asyncio.gather(*(visitor.get("/") for _ in range(20)))
    assert {page.status_code for page in pages} == {200}
    for server in town.servers:
        assert "path=/ " in re.sub(r"\x1b\[\d*m", "", server.log.read_text())
    page = pages[0]
    assert page.headers["content-encoding"] == "gzip"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["strict-transport-security"]


async def test_files_come_from_the_proxy_and_are_kept(town: Town) -> None:
    async with town.visitor() as visitor:
        for name, kind in (
            ("site.css", "text/css"),
            ("live/live.js", "application/javascript"),
            ("icons.svg", "image/svg+xml"),
        ):
            file = await visitor.get(asset(name))
            assert file.status_code == 200
            assert file.headers["content-type"] == kind
            assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert file.headers["x-content-type-options"] == "nosniff"
            assert file.headers["content-encoding"] == "gzip"
            assert "x-request-id" not in file.headers, "no process was asked"
            assert file.content == (ROOT / "forum" / "static" / name).read_bytes()
        for path in (
            "/static/0/../settings.py",
            "/static/0/..%2fsettings.py",
            "/static/0//etc/passwd",
            "/static/",
        ):
            assert (await visitor.get(path, follow_redirects=True)).status_code == 404
        assert (await visitor.get("/favicon.ico")).status_code == 200


async def test_a_visitor_without_tls_is_sent_to_the_address_with(town: Town) -> None:
    async with browsing(town.proxy.plain_url) as visitor:
        answer = await visitor.get("/topics/1?page=2", headers={"Host": "evil.test"})
    assert (answer.status_code, answer.headers["location"]) == (308, f"{town.proxy.url}/topics/1?page=2")


async def test_what_is_for_machines_is_closed_from_outside(town: Town) -> None:
    async with town.visitor("127.0.0.2") as visitor:
        for path in ("/metrics", "/readyz"):
            for spoof in ({}, {"X-Forwarded-For": "127.0.0.1"}):
                assert (await visitor.get(path, headers=spoof)).status_code == 404
            for server in town.servers:
                async with browsing(server.url) as machine:
                    assert (await machine.get(path)).status_code == 200
        assert (await visitor.get("/healthz")).status_code == 200


async def test_the_pace_is_that_of_the_visitors_own_address(town: Town) -> None:
    """Through either process, whatever the visitor says; and another visitor is not slowed down."""

    async def guess(visitor: httpx.AsyncClient, n: int) -> int:
        answer = await visitor.post(
            "/login",
            data={"email": f"guess{n}@example.jp", "password": "当てずっぽうの言葉"},
            headers={"X-Forwarded-For": f"198.51.100.{n}"},
        )
        return answer.status_code

    async with town.visitor("127.0.0.2") as guesser, town.visitor("127.0.0.3") as other:
        limit, answers, started = LIMITS["login"], [422], time.monotonic()
        while answers[-1] == 422:
            answers.append(await guess(guesser, len(answers)))
        given_back = (time.monotonic() - started) / limit.every.total_seconds()
        assert answers[-1] == 429
        assert limit.burst <= len(answers[1:-1]) <= limit.burst + given_back
        assert await guess(other, 99) == 422


async def test_a_reply_through_one_process_appears_on_a_socket_of_the_other(town: Town) -> None:
    topic = await a_topic(town.db)
    session = await town.session()
    for here, there in (town.servers, town.servers[::-1]):
        async with (
            live(there.url) as reader,
            live(town.proxy.url, town.proxy.trust) as outside,
            browsing(here.url, session) as writer,
        ):
            for socket in (reader, outside):
                await socket.send(write(Subscribe(channels={f"topic:{topic.topic_id}": 0})))
                assert (await heard(socket)).type == "caught_up"
            body = f"{here.process.pid}番から書きました。"
            answer = await writer.post(f"/topics/{topic.topic_id}/replies", data={"body": body})
            assert answer.status_code in (201, 303)
            for socket in (reader, outside):
                frame = await heard(socket)
                assert isinstance(frame, Deltas)
                assert body in frame.deltas[0].html


async def test_a_page_of_another_site_gets_no_socket(town: Town) -> None:
    address = town.proxy.url.replace("http", "ws", 1) + "/live"
    with pytest.raises(InvalidHandshake):
        async with connect(address, ssl=town.proxy.trust, origin="https://evil.test"):
            pass
    async with connect(address, ssl=town.proxy.trust, origin=town.proxy.url):
        pass


async def test_sockets_are_shared_out(town: Town) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(20):
            await stack.enter_async_context(live(town.proxy.url, town.proxy.trust))
        for server in town.servers:
            assert 8 <= (await numbers(server))["forum_live_sockets"] <= 12


async def test_what_sockets_do_is_counted(town: Town) -> None:
    topic, server = await a_topic(town.db), town.servers[0]
    before = await numbers(server)
    async with live(server.url) as reader:
        await reader.send(write(Subscribe(channels={f"topic:{topic.topic_id}": 0})))
        assert (await heard(reader)).type == "caught_up"
        await a_post(town.db, topic=topic)
        assert read_server(await reader.recv()).type == "deltas"
        within = await numbers(server)
        await reader.send("}{")
        await reader.wait_closed()
    after = await numbers(server)

    def grew(name: str, until: dict[str, float]) -> float:
        return until[f"forum_live_{name}"] - before[f"forum_live_{name}"]

    assert (grew("sockets", within), grew("channels", within), grew("sockets", after)) == (1, 1, 0)
    assert grew("received_messages_total", after) == 2
    assert grew("sent_messages_total", within) >= 3  # hello, what was missed, and a change
    assert grew("sent_bytes_total", within) > 1000
    assert grew("catch_ups_total", within) == 1
    assert grew("fan_out_seconds_count", within) >= 1
    assert 0 < grew("fan_out_seconds_sum", within) < 1
    assert grew('closes_total{reason="GARBAGE"}', after) == 1
    assert after["forum_broker_healthy"] == 1
    assert after["forum_live_backlog_bytes"] == 0
    # A pulse that a busy machine held up is followed by another.
    while not 0 <= (await numbers(server))["forum_broker_lag_seconds"] < 1:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def numbers(server: Server) -> dict[str, float]:
    """What a process tells those who watch it."""
    async with browsing(server.url) as machine:
        text = (await machine.get("/metrics")).text
    return {name: float(value) for name, value in re.findall(r"^([a-z]\S*) (\S+)$", text, re.MULTILINE)}


async def test_one_killed_process_is_not_missed_and_of_two_a_page_tells(town: Town) -> None:
    """With one left nobody sees an error, and the readers of the other come back."""
    async with town.visitor() as visitor:
        async with AsyncExitStack() as stack:
            sockets = [
                await stack.enter_async_context(live(town.proxy.url, town.proxy.trust)) for _ in range(6)
            ]
            stay = (await numbers(town.servers[1]))["forum_live_sockets"]
            assert 0 < stay < len(sockets)
            town.servers[0].process.kill()
            await town.servers[0].process.wait()
            pages = [await visitor.get("/") for _ in range(30)]
            assert {page.status_code for page in pages} == {200}
            await until(lambda: [socket.close_code for socket in sockets].count(None) <= stay)
            assert (await numbers(town.servers[1]))["forum_live_sockets"] == stay
            for _ in range(len(sockets) - int(stay)):
                await stack.enter_async_context(live(town.proxy.url, town.proxy.trust))

        town.servers[1].process.kill()
        await town.servers[1].process.wait()
        for answer in (await visitor.get("/"), await visitor.post("/login", data={"email": "x"})):
            assert answer.status_code in (502, 503, 504)
            assert "しばらくお待ちください" in answer.text
            assert answer.headers["retry-after"] == "30"
        for n in range(2):
            await town.start(n)
        assert (await visitor.get("/")).status_code == 200


async def test_while_the_room_is_looked_after_a_page_says_so(town: Town) -> None:
    async with town.visitor() as visitor:
        town.proxy.maintenance.touch()
        try:
            for answer in (await visitor.get("/"), await visitor.get("/live"), await visitor.post("/login")):
                assert answer.status_code == 503
                assert "しばらくお待ちください" in answer.text
            assert (await visitor.get(asset("site.css"))).status_code == 200
        finally:
            town.proxy.maintenance.unlink()
        assert (await visitor.get("/")).status_code == 200


async def test_a_restart_of_one_after_the_other_loses_nothing(town: Town) -> None:
    """While somebody writes and others read: every post is taken, and every reader ends with all of them."""
    topic = await a_topic(town.db)
    channel, calm = f"topic:{topic.topic_id}", asyncio.Event()
    readers = [Reader(channel, held=0) for _ in range(4)]
    answers: list[int] = []

    async def write_on() -> None:
        async with town.visitor() as visitor:
            visitor.cookies.set("session", await town.session())
            while not calm.is_set():
                answer = await visitor.post(
                    f"/topics/{topic.topic_id}/replies", data={"body": f"意見 {len(answers)}"}
                )
                answers.append(answer.status_code)
                await asyncio.sleep(0.03)

    reading = [asyncio.create_task(read_on(town.proxy, reader)) for reader in readers]
    writing = asyncio.create_task(write_on())
    for n in range(2):
        await town.restart(n)
    calm.set()
    await writing
    assert set(answers) <= {201, 303}
    changes = await town.db.value("select changes from topics where id = :id", id=topic.topic_id)
    posts = await town.db.rows("select id from posts where topic_id = :id", id=topic.topic_id)
    assert len(posts) == len(answers) + 1
    await until(lambda: all(reader.held == changes for reader in readers))
    for task in reading:
        assert not task.done()
        task.cancel()
    for reader in readers:
        assert reader.held == changes
        assert {f"post-{row['id']}" for row in posts} <= reader.elements.keys()


async def heard(connection: ClientConnection) -> ServerFrame:
    """The next frame that is about the topic, not about who else reads it."""
    while isinstance(frame := read_server(await connection.recv()), Presence | Hello):
        pass
    return frame


async def read_on(proxy: Proxy, reader: Reader) -> None:
    """A page that comes back whenever its connection ends."""
    while True:
        with suppress(ConnectionClosed, InvalidHandshake, OSError, EOFError):
            async with live(proxy.url, proxy.trust) as connection:
                reader.reconnected()
                await connection.send(write(Subscribe(channels={reader.channel: reader.held})))
                while True:
                    questions: list[CatchUp] = []
                    reader.take(await heard(connection), questions.append)
                    assert not reader.fetching
                    for question in questions:
                        await connection.send(write(question))
        await asyncio.sleep(0.2)


async def test_a_worker_apart_sends_the_mail_of_both(town: Town, tmp_path: Path) -> None:
    environment = {**os.environ, **town.settings(VAR_DIR=str(tmp_path))}
    with (tmp_path / "worker.log").open("wb") as log:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "forum", "worker", cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    async with town.visitor("127.0.0.4") as visitor:
        for n in range(4):
            person = {"pen_name": f"新しい人{n}", "email": f"new{n}@example.jp", "password": PASSWORD}
            answer = await visitor.post("/register", data=person)
            assert answer.status_code == 200, answer.text
    await until(lambda: len(list((tmp_path / "mail").glob("*.eml"))) == 4)
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(worker.wait(), STOP_SECONDS) == 0
    assert "Traceback" not in (tmp_path / "worker.log").read_text()


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(START_SECONDS):
        while not so():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read(path)
    return parser


def environment() -> dict[str, str]:
    """What the shipped file sets, and what it offers in a comment."""
    lines = (DEPLOY / "environment").read_text().splitlines()
    return dict(line.removeprefix("# ").split("=", 1) for line in lines if re.match(r"(# )?[A-Z_]+=", line))


def test_the_environment_sets_what_there_is(tmp_path: Path) -> None:
    written = environment()
    assert {name.lower() for name in written} <= set(Settings.model_fields)
    settings = Settings(**{name.lower(): value for name, value in written.items() if value})
    assert settings.served_over_https
    assert settings.secret_key is None, "a key that everybody knows is worse than none"
    assert "PORT" not in written, "it would be the same for all of them"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_start_what_there_is(path: Path) -> None:
    service = unit(path)["Service"]
    named = dict(setting.split("=", 1) for setting in service["Environment"].split())
    assert {name.lower() for name in named} <= set(Settings.model_fields)
    program, *command = service["ExecStart"].split()
    assert program == f"{service['WorkingDirectory']}/.venv/bin/python"
    assert command[:2] == ["-m", "forum"]
    assert f"forum {command[2]}" in (ROOT / "README.md").read_text()
    assert named["VAR_DIR"] == f"/var/lib/{service['StateDirectory']}"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
async def test_systemd_understands_the_units_and_finds_them_safe(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_text(path.read_text().replace("/srv/kaigishitsu/.venv/bin/python", sys.executable))
    for arguments in (["verify", "--man=no"], ["security", "--offline=true", "--threshold=20"]):
        process = await asyncio.create_subprocess_exec(
            "systemd-analyze",
            *arguments,
            str(copy),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        assert arguments[0] != "verify" or not said, said.decode()


def test_both_upstreams_name_the_same_processes() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    pages, sockets = [
        re.findall(r"server ([\d.:]+) ", text.split(f"upstream {name} {{")[1].split("}")[0])
        for name in ("pages", "sockets")
    ]
    assert pages == sockets
    assert "127.0.0.1:8001" in pages
