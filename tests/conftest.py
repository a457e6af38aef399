"""One server and one migrated database for the whole run, of which every process gets a copy; every file gets a transaction
and every test a savepoint that are rolled back.

A few tests must commit (LISTEN, jobs, processes): they take `own_database`, a copy of the migrated one.
"""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection as End
from multiprocessing.connection import Pipe
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from traceback import format_exc
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import databases
import httpx
import hypothesis
import pytest
import pytest_asyncio
import structlog
import uvloop
from databases.core import Connection
from starlette.applications import Starlette

from forum import clock, postgres
from forum.accounts import actions as accounts
from forum.accounts import passwords
from forum.accounts import queries as account_queries
from forum.app import create_app
from forum.commands.context import prepare
from forum.db import Database, _prepare, as_asyncpg
from forum.settings import Settings
from tests.factories import CHEAP
from tests.redis_server import RedisServer, redis_server

pytest_plugins = ["tests.forking"]
SECRET = "a secret key that only tests know, and long enough"

# httpx looks for this module, which is not there, in every folder at every request.
sys.modules.setdefault("sniffio", None)

# Linux keeps this folder in memory. So much of it is more than the databases of all processes together take.
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30  # noqa: S108

# Enough for what all processes open at once.
CONNECTIONS = 300
SERVER, TEMPLATE = pytest.StashKey[str](), pytest.StashKey[str]()
KEEPER = pytest.StashKey[End]()

# Allocations between two looks of the garbage collector (Python's 700 is a tenth of the run).
COLLECT_AFTER = 20_000


# Examples of a property in every run; HYPOTHESIS_PROFILE=thorough tries more of them. A busy machine fails neither.
hypothesis.settings.register_profile(
    "suite", max_examples=40, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("thorough", hypothesis.settings.get_profile("suite"), max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
# A line for every request, as cheap as it can be.
structlog.configure(processors=[structlog.processors.KeyValueRenderer()])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest first, so that no process is left alone with one of them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The event loop that the server runs on."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_configure(config: pytest.Config) -> None:
    """Many processes are for many tests, and some of those need a server: it is made while they are collected."""
    # What is loaded until then stays, and looking for what does not took a sixth of the time. Not where this module begins:
    # benchmarks load it, too.
    gc.disable()
    if config.getoption("processes") > 1 and not config.option.collectonly:
        have_a_server(config)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the processes part: one server serves them all."""
    config = session.config
    used = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if KEEPER not in config.stash and "server_url" in used and not config.option.collectonly:
        have_a_server(config)
    if KEEPER in config.stash:
        config.stash[SERVER], config.stash[TEMPLATE], failed = config.stash[KEEPER].recv()
        assert not failed, failed
    # What collecting made lives as long as the run: the garbage collector need not look at it again and again.
    gc.freeze()
    gc.enable()
    gc.set_threshold(COLLECT_AFTER, 10, 10)


def have_a_server(config: pytest.Config) -> None:
    """Has another process make one and keep it to the end of the run."""
    ours, theirs = Pipe()
    keeper = get_context("fork").Process(target=keep_a_server, args=(ours, theirs))
    keeper.start()
    theirs.close()
    config.stash[KEEPER] = ours
    config.add_cleanup(keeper.join)
    config.add_cleanup(ours.close)


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


@pytest.fixture(scope="session")
def server_url(pytestconfig: pytest.Config) -> str:
    return pytestconfig.stash[SERVER]


@pytest.fixture(scope="session")
def template(pytestconfig: pytest.Config, server_url: str) -> str:
    return pytestconfig.stash[TEMPLATE]


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A Redis server that goes with the run."""
    with redis_server() as server:
        yield server


def _memory() -> Path | None:
    """A folder that is kept in memory, if there is enough: a third of what the system did for the tests was to make and
    delete files."""
    return MEMORY if MEMORY.is_dir() and disk_usage(MEMORY).free > ROOM else None


async def _be_quick(url: str) -> None:
    """What the tests write need not survive a power cut, and the same few statements come again and again. It counts from
    the server's next start."""
    server = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "jit"):
        await server.execute(f"alter system set {setting} = off")
    # A plan for every statement, made once: making them anew took a third of what the server did for the tests.
    await server.execute("alter system set plan_cache_mode = force_generic_plan")
    await server.execute(f"alter system set max_connections = {CONNECTIONS}")
    await server.close()


@pytest_asyncio.fixture(scope="session")
async def migrated_url(server_url: str, template: str) -> AsyncIterator[str]:
    """The database shared by all tests that roll back."""
    async with a_database(server_url, template) as url:
        yield url


@pytest_asyncio.fixture
async def own_database(server_url: str, template: str) -> AsyncIterator[str]:
    """A migrated database of the test's own, where it may commit."""
    async with a_database(server_url, template) as url:
        yield url


@pytest_asyncio.fixture(scope="session")
async def _pool(migrated_url: str) -> AsyncIterator[databases.Database]:
    async with databases.Database(
        as_asyncpg(migrated_url),
        min_size=1,
        max_size=2,
        init=_prepare,
        statement_cache_size=4_000,
        max_cached_statement_lifetime=0,
    ) as pool:
        yield pool


@pytest_asyncio.fixture(scope="module")
async def ground(_pool: databases.Database) -> AsyncIterator[Database]:
    """The database inside one transaction that ends with the file: what is made here, all tests of the file find."""
    async with Connection(_pool, _pool._backend) as connection:
        transaction = connection.raw_connection.transaction()
        await transaction.start()
        try:
            yield Database(connection)
        finally:
            await transaction.rollback()


@pytest_asyncio.fixture
async def db(ground: Database) -> AsyncIterator[Database]:
    """The same for one test: whatever it does ends with it."""
    async with undone(ground):
        yield ground


class Undo(Exception):
    """Ends a transaction without a trace."""


@asynccontextmanager
async def undone(db: Database) -> AsyncIterator[None]:
    """Takes back whatever the block does to the database."""
    with suppress(Undo):
        async with db.raw() as connection, connection.transaction():
            yield
            raise Undo


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    # `tmp_path` counts what is there and links to it at every test.
    return settings_of(tmp_path_factory.mktemp(uuid4().hex, numbered=False))


def settings_of(folder: Path) -> Settings:
    return _settings().model_copy(update={"var_dir": folder})


@cache
def _settings() -> Settings:
    # Reading the environment takes longer than many a test.
    return Settings(secret_key=SECRET, worker=False)


@pytest.fixture
def app(settings: Settings, db: Database, migrated_url: str) -> Starlette:
    """The whole application on the test's transaction; without sockets and jobs, which need commits."""
    return create_app(settings, db, migrated_url)


@pytest_asyncio.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of sorts, from this very site, not logged in."""
    async with visitor(app) as client:
        yield client


@asynccontextmanager
async def visitor(app: Starlette, *, raises: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of sorts, not logged in. `raises` hands a mistake of ours to the test instead of its page."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=raises)
    # What is packed for the way would be unpacked at once; tests of that ask for it.
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(transport=transport, base_url="http://room.test", headers=headers) as client:
        yield client


Login = Callable[[httpx.AsyncClient, int], Awaitable[None]]


@pytest.fixture
def login(db: Database) -> Login:
    """Logs a client in as an account."""
    return partial(log_in, db)


async def log_in(db: Database, client: httpx.AsyncClient, account_id: int) -> None:
    account = await account_queries.account(db, account_id)
    assert account is not None
    client.cookies.set("session", await accounts.open_session(db, account))


Budget = Callable[[int], AbstractAsyncContextManager[None]]


@pytest.fixture
def queries(db: Database) -> Budget:
    """`async with queries(n):` fails when the block sends more than n statements."""

    @asynccontextmanager
    async def at_most(budget: int) -> AsyncIterator[None]:
        before = db.statements
        yield
        spent = db.statements - before
        assert spent <= budget, f"{spent} statements where {budget} suffice"

    return at_most


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashes() -> Iterator[None]:
    """The real parameters cost tens of milliseconds for every password, on purpose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", CHEAP)
        yield


@pytest.fixture(autouse=True)
def _japanese() -> Iterator[None]:
    """Every test starts in Japanese, whatever the one before spoke."""
    from forum.i18n import DEFAULT_LOCALE, in_locale

    with in_locale(DEFAULT_LOCALE):
        yield


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


__all__ = ["Budget", "Login", "clock", "visitor"]
