"""A real Chromium on a real server: the program in its own process, on a database that tests may fill."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

from forum.access import Actor
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.db import Database, connected
from forum.devices.sending import new_key
from tests.conftest import SECRET
from tests.databases import a_database
from tests.server import serving

# As Debian and others name it; tests/prepare installs it. The shell is the same engine without a browser around it:
# a visitor, with a profile of their own, costs a fifth.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

CHEAPLY = [
    # The pages of one visitor share a process: to start one is most of what a further page costs.
    "--renderer-process-limit=1",
    # Every page is looked at once: to compile its scripts well cost more than they then saved (with axe-core an eighth).
    "--js-flags=--no-turbofan,--no-maglev",
]

# For whatever shall be seen, and is: on a machine with more to do than two cores can, five seconds were too few. Where
# something would come or go by itself in this time, a test names its own.
expect.set_options(timeout=15_000)


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("browser")


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert path, "no Chromium found: run tests/prepare"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHEAPLY)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session")
async def site_database(server_url: str, template: str) -> AsyncIterator[str]:
    async with a_database(server_url, template) as url:
        yield url


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The VAR_DIR of the site: its mail is in there."""
    return tmp_path_factory.mktemp("site")


@pytest_asyncio.fixture(scope="session")
async def site_url(site_database: str, site_folder: Path) -> AsyncIterator[str]:
    """Where the site of this run is; it serves and works until the end."""
    settings = {"DATABASE_URL": site_database, "SECRET_KEY": SECRET, "VAPID_PRIVATE_KEY": new_key()}
    async with serving(site_folder, **settings) as server:
        yield server.url


@pytest_asyncio.fixture(scope="session")
async def site_db(site_database: str) -> AsyncIterator[Database]:
    """The site's database, for making what a test looks at. Other tests make things there too."""
    async with connected(site_database) as db:
        yield db


@pytest_asyncio.fixture
async def context(browser: Browser, site_url: str) -> AsyncIterator[BrowserContext]:
    """A visitor's browser, not logged in; addresses are relative to the site."""
    async with await browser.new_context(base_url=site_url, locale="ja-JP") as context:
        yield context


Enter = Callable[[BrowserContext, Actor], Awaitable[None]]


@pytest.fixture
def enter(site_db: Database, site_url: str) -> Enter:
    """Logs a visitor's browser in."""

    async def log_in(context: BrowserContext, actor: Actor) -> None:
        account = await account_queries.account(site_db, actor.id or 0)
        assert account is not None
        token = await accounts.open_session(site_db, account)
        await context.add_cookies([{"name": "session", "value": token, "url": site_url, "httpOnly": True}])

    return log_in


async def held_up(page: Page, address: str, times: int | None = None) -> asyncio.Event:
    """What a page asks for waits on its way, all of it or the first so many. That it may go on."""
    goes_on = asyncio.Event()

    async def hold(route: Route) -> None:
        await goes_on.wait()
        await route.continue_()

    await page.route(address, hold, times=times)
    return goes_on
