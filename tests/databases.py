"""The PostgreSQL server of the tests, and databases on it."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection as End
from multiprocessing.connection import Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from traceback import format_exc
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from forum import postgres
from forum.commands.context import prepare

# Linux keeps this folder in memory. So much of it is more than the databases of all processes together take.
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30  # noqa: S108

# Enough for what all processes open at once.
CONNECTIONS = 300


@dataclass(frozen=True, slots=True)
class Keeper:
    """Another process that makes a server, and keeps it."""

    process: BaseProcess
    pipe: End

    def addresses(self) -> tuple[str, str]:
        """Of the server and of a database at this release's schema, once they are there. Asked once."""
        server, template, failed = self.pipe.recv()
        assert not failed, failed
        return server, template

    def end(self) -> None:
        self.pipe.close()
        self.process.join()


def keeper() -> Keeper:
    ours, theirs = Pipe()
    process = get_context("fork").Process(target=keep_a_server, args=(ours, theirs))
    process.start()
    theirs.close()
    return Keeper(process, ours)


def keep_a_server(ours: End, theirs: End) -> None:
    """Until the pipe ends, as it does with the run, whatever ends that."""
    ours.close()
    os.setsid()  # Ctrl-C is for the run
    try:
        with a_server() as server, a_template(server) as template, suppress(EOFError):
            theirs.send((server, template, ""))
            theirs.recv()
    except Exception:
        with suppress(BrokenPipeError):
            theirs.send(("", "", format_exc()))


@contextmanager
def a_server() -> Iterator[str]:
    """A PostgreSQL server: TEST_DATABASE_URL, or an embedded one that goes with the run."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Not in pytest's own folder: the next run on this machine would take it from the server's user.
    with TemporaryDirectory(prefix="kaigishitsu-", dir=_memory()) as folder:
        data = Path(folder) / "data"
        with postgres.embedded(data) as url:
            asyncio.run(_be_quick(url))
        with postgres.embedded(data) as url:
            yield url


@contextmanager
def a_template(server_url: str) -> Iterator[str]:
    """A database at this release's schema. Nobody stays connected to it, or PostgreSQL would refuse to copy it."""
    with asyncio.Runner() as runner:
        url = runner.run(_create(server_url))
        runner.run(prepare(url))
    yield url
    asyncio.run(_drop(server_url, url))


@asynccontextmanager
async def a_database(server_url: str, template: str | None = None) -> AsyncIterator[str]:
    """A database on the server for the length of the block: empty, or a copy."""
    url = await _create(server_url, template)
    try:
        yield url
    finally:
        await _drop(server_url, url)


async def _create(server_url: str, template: str | None = None) -> str:
    name, original = f"test_{uuid4().hex[:12]}", _name(template) if template else "template1"
    # A copy of the files takes a third of what the server's own way takes, which writes every page to its log.
    await _execute(server_url, f'create database "{name}" template "{original}" strategy file_copy')
    return _renamed(server_url, name)


async def _drop(server_url: str, url: str) -> None:
    await _execute(server_url, f'drop database "{_name(url)}" with (force)')


async def _execute(server_url: str, statement: str) -> None:
    server = await asyncpg.connect(server_url)
    try:
        await server.execute(statement)
    finally:
        await server.close()


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _memory() -> Path | None:
    """A folder that is kept in memory, if there is enough: a third of what the system did for the tests was to make and
    delete files."""
    return MEMORY if MEMORY.is_dir() and disk_usage(MEMORY).free > ROOM else None


async def _be_quick(url: str) -> None:
    """What the tests write need not survive a power cut, and the same few statements come again and again. It counts from
    the server's next start."""
    server = await asyncpg.connect(url)
    # Nobody counts tables on the side: what a test has written is not seen there, and a plan for tables that are empty makes some
    # of its pages a thousand times slower.
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "jit", "autovacuum"):
        await server.execute(f"alter system set {setting} = off")
    # A plan for every statement, made once: making them anew took a third of what the server did for the tests.
    await server.execute("alter system set plan_cache_mode = force_generic_plan")
    await server.execute(f"alter system set max_connections = {CONNECTIONS}")
    await server.close()
