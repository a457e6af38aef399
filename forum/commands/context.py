"""What every command needs: settings, a database at this release's schema, a site."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import typer

from forum import logs, postgres
from forum.commands import environment
from forum.db import AWAY, connected
from forum.migrating import OfANewerRelease, migrate
from forum.settings import Settings
from forum.site import make_site
from forum.web import Site

# Nothing answers there, or not to this name and password.
NO_DATABASE: tuple[type[Exception], ...] = (
    *AWAY,
    OSError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)


@contextmanager
def let_in() -> Iterator[None]:
    """Whoever mistyped the database's address, name or password, or starts too old a release, is told so in a line."""
    try:
        yield
    except NO_DATABASE as error:
        raise typer.BadParameter(f"DATABASE_URL: the database does not let us in: {error}") from error
    except OfANewerRelease as error:
        raise typer.BadParameter(f"the database is of a newer release: {error}") from error


async def prepare(url: str) -> None:
    """Brings a database to this release: its schema, rules if it has none, an end for themes that have none."""
    with let_in():
        await migrate(url)
    # Loaded when there is a database: who mistyped its address is told so at once.
    from forum.themes import actions as themes
    from moderation.charters.actions import put_first_charter_in_force

    async with connected(url) as db:
        await put_first_charter_in_force(db)
        await themes.see_to_ends(db)


@asynccontextmanager
async def opened_site(settings: Settings | None = None) -> AsyncIterator[Site]:
    """A site without a web server, for the length of the block."""
    settings = settings or environment.settings()
    logs.set_up(settings)
    with postgres.database_url(settings) as url:
        await prepare(url)
        async with connected(url, settings.time_zone) as db:
            yield make_site(settings, db)
