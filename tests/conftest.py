"""One server and one migrated database for the whole run, of which every process gets a copy; every file gets a transaction
and every test a savepoint that are rolled back.

A few tests must commit (LISTEN, jobs, processes): they take `own_database`, a copy of the migrated one.
"""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import cache, partial
from pathlib import Path
from uuid import uuid4

import databases
import httpx
import hypothesis
import pytest
import pytest_asyncio
import structlog
import uvloop
from databases.core import Connection
from starlette.applications import Starlette

from forum.accounts import actions as accounts
from forum.accounts import passwords
from forum.accounts import queries as account_queries
from forum.app import create_app
from forum.connecting import prepare
from forum.db import Database, as_asyncpg
from forum.settings import Settings
from tests.asking import Asker
from tests.databases import Keeper, a_database, keeper
from tests.factories import CHEAP
from tests.redis_server import RedisServer, redis_server

pytest_plugins = ["tests.ending", "tests.forking"]
SECRET = "a secret key that only tests know, and long enough"

# httpx looks for this module, which is not there, in every folder at every request.
sys.modules.setdefault("sniffio", None)

KEEPER = pytest.StashKey[Keeper]()
SERVER, TEMPLATE = pytest.StashKey[str](), pytest.StashKey[str]()

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
        config.stash[SERVER], config.stash[TEMPLATE] = config.stash[KEEPER].addresses()
    # What collecting made lives as long as the run: the garbage collector need not look at it again and again.
    gc.freeze()
    gc.enable()
    gc.set_threshold(COLLECT_AFTER, 10, 10)


def have_a_server(config: pytest.Config) -> None:
    """From here to the end of the run."""
    config.stash[KEEPER] = keeper()
    config.add_cleanup(config.stash[KEEPER].end)


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
        init=prepare,
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


Login = Callable[[httpx.AsyncClient | Asker, int], Awaitable[None]]


@pytest.fixture
def login(db: Database) -> Login:
    """Logs a client in as an account."""
    return partial(log_in, db)


async def log_in(db: Database, client: httpx.AsyncClient | Asker, account_id: int) -> None:
    account = await account_queries.account(db, account_id)
    assert account is not None
    client.cookies["session"] = await accounts.open_session(db, account)


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
def _logs_as_before() -> Iterator[None]:
    """A command has a process of its own, whose log lines it sets up."""
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**config)
    structlog.contextvars.clear_contextvars()


@pytest.fixture(autouse=True)
def _japanese() -> Iterator[None]:
    """Every test starts in Japanese, whatever the one before spoke."""
    from forum.i18n import DEFAULT_LOCALE, in_locale

    with in_locale(DEFAULT_LOCALE):
        yield
