"""A town to measure: an embedded database that writes to the disk as usual, and `forum serve` as a town runs it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from forum import postgres
from forum.access import Actor, Role
from forum.commands.context import prepare
from forum.db import Database, connected
from tests.factories import a_topic, an_account
from tests.server import Server, serving
from tests.sockets import logged_in

SECRET = "a secret key that only benchmarks know, and long enough"
BODY = "野川沿いの緑を守りながら、車いすでも通れる道にしてほしいと思います。" * 4


@dataclass(frozen=True, slots=True)
class Town:
    """What is there: the database, its servers, someone who may write as fast as they like, and one topic."""

    url: str
    db: Database
    servers: list[Server]
    writer: Actor
    topic_id: int

    @property
    def ports(self) -> list[int]:
        return [httpx.URL(server.url).port or 0 for server in self.servers]

    async def changes(self) -> int:
        """The number that a page of the topic holds now."""
        found = await self.db.value("select changes from topics where id = :id", id=self.topic_id)
        return int(found)

    def writing(self, server: int = 0) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return logged_in(self.servers[server].url, self.db, self.writer)


@asynccontextmanager
async def a_town(processes: int) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kaigishitsu-")))
        url = stack.enter_context(postgres.embedded(folder / "data"))
        await prepare(url)
        db = await stack.enter_async_context(connected(url))
        writer = await an_account(db, Role.ADMINISTRATOR)
        topic = await a_topic(db, writer, body=BODY)
        servers = []
        for n in range(processes):
            var = folder / f"server-{n}"
            var.mkdir()
            settings = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "WORKER": "false", "LOG_FORMAT": "json"}
            settings["SOCKETS_PER_ADDRESS"] = str(1_000_000)  # they all come from this machine
            servers.append(await stack.enter_async_context(serving(var, **settings)))
        yield Town(url, db, servers, writer, topic.topic_id)


def cpu(pid: int) -> float:
    """Processor seconds that the threads of a process have used, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
