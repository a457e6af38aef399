"""A town that has bad days: its database, its broker and its server processes, each of which can go at any time."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import psutil

from forum import postgres
from forum.commands.context import prepare
from forum.db import as_libpq
from tests.redis_server import RedisServer, redis_server
from tests.server import Server, free_port, ready, started, stopped

SECRET = "a secret key that only this town knows, and long enough"
CENSUS_SECONDS = 60


class DatabaseServer:
    """An embedded PostgreSQL of the town's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = ExitStack()
        self.url = ""

    def start(self) -> None:
        self.url = self._running.enter_context(postgres.embedded(self._folder))

    def stop(self) -> None:
        self._running.close()

    def restart(self, *, crash: bool) -> None:
        """In good order, or as after a crash: connections break in mid-sentence, and the log is played back."""
        if crash:
            pid = int((self._folder / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGQUIT)
            while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
        self.stop()
        self.start()


class Site:
    """One server process of the town, at an address that stays. Whatever ends it, it is started again."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.up = asyncio.Event()
        self.starts = 0
        self._settings = settings
        self._server: Server | None = None
        self._keeping: asyncio.Task[None] | None = None
        (folder / "clock").write_text("0")

    async def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep_running())
        await self.up.wait()

    async def stop(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
        if self._server is not None:
            await stopped(self._server.process)

    def kill(self) -> None:
        self.up.clear()
        if self._server is not None and self._server.process.returncode is None:
            self._server.process.kill()

    def jump(self, seconds: float) -> None:
        """Set the clock of the machine that the process runs on: so far from ours."""
        unfinished = self.folder / "clock.part"
        unfinished.write_text(str(seconds))
        unfinished.rename(self.folder / "clock")

    async def census(self) -> dict[str, Any]:
        """What the process holds now (tests/chaos/launch.py)."""
        assert self._server is not None
        census = self.folder / "census.json"
        census.unlink(missing_ok=True)
        self._server.process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(CENSUS_SECONDS):
            while not census.exists():  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.02)
        taken: dict[str, Any] = json.loads(census.read_text())
        return taken

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    async def _keep_running(self) -> None:
        while True:
            self._server = await started(self.folder, self.port, "tests.chaos.launch", **self._settings)
            self.starts += 1
            with suppress(RuntimeError):  # it could not start: its database was away
                await ready(self._server.process, self.url, self._server.log)
                self.up.set()
            await self._server.process.wait()
            self.up.clear()


@dataclass(frozen=True, slots=True)
class Town:
    database: DatabaseServer
    redis: RedisServer | None
    sites: list[Site]


@asynccontextmanager
async def a_town(processes: int, *, with_redis: bool = False, **more: str) -> AsyncIterator[Town]:
    """A town whose processes have `more` settings, as in the environment."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kaigishitsu-")))
        database, redis = DatabaseServer(folder / "data"), None
        database.start()
        stack.callback(database.stop)
        await _prepare(database.url)
        settings = {"DATABASE_URL": database.url, "SECRET_KEY": SECRET, "WORKER": "false"}
        settings["SOCKETS_PER_ADDRESS"] = str(1_000_000)  # all readers come from this machine
        settings |= more
        if with_redis:
            redis = stack.enter_context(redis_server())
            settings["BROKER_URL"] = redis.url
        sites = []
        for n in range(processes):
            (folder / f"site-{n}").mkdir()
            sites.append(Site(folder / f"site-{n}", settings))
            stack.push_async_callback(sites[-1].stop)
        await asyncio.gather(*(site.start() for site in sites))
        yield Town(database, redis, sites)


async def _prepare(url: str) -> None:
    """A crash of the database is one of the process, not of the machine: what it wrote is there."""
    server = await asyncpg.connect(as_libpq(url))
    for setting in ("fsync", "full_page_writes"):
        await server.execute(f"alter system set {setting} = off")
    await server.execute("select pg_reload_conf()")
    await server.close()
    await prepare(url)
