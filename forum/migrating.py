"""Bringing a database to this release's schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import asyncpg
from sqlalchemy import Connection

from forum import jobs
from forum.db import as_asyncpg, as_libpq
from forum.settings import ROOT

MIGRATIONS = ROOT / "migrations"
# A number that no other lock of this database has.
MIGRATING = 20020331
HOLDS_SOMETHING = """
    select exists (
        select from pg_class c join pg_namespace s on s.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and s.nspname <> 'information_schema' and s.nspname not like 'pg\\_%'
          and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
    )
"""


class OfANewerRelease(Exception):
    """What that has written nobody here can read for sure."""


async def migrate(database_url: str, *, to: str | None = None) -> None:
    """Runs the migrations that are missing, then those of the job queue. Safe to run again and by many at once. Raises
    OfANewerRelease where there is no way back.

    `to` an older one, to see how this release takes over the data of another.
    """
    to = to or newest_migration()
    async with _alone(database_url) as connection:
        at = await _migration_of(connection)
        if at is not None and at > to:
            raise OfANewerRelease(f"its schema is {at}, and this release knows {to}")
        if at != to:
            await _upgrade(database_url, to)
        await jobs.install(connection)


async def is_empty(database_url: str) -> bool:
    """Whether it has no table, whoever's, but those of extensions."""
    async with _alone(database_url) as connection:
        return not await connection.fetchval(HOLDS_SOMETHING)


@asynccontextmanager
async def _alone(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """One process at a time: another one waits here and then finds nothing to do."""
    try:
        connection = await asyncpg.connect(as_libpq(database_url))
    except ValueError as error:  # an address that cannot be read
        raise ConnectionError(str(error)) from error
    try:
        await connection.execute("select pg_advisory_lock($1)", MIGRATING)
        yield connection
    finally:
        await connection.close()  # which gives the lock back


@cache
def newest_migration() -> str:
    """The number of this release's schema: scripts are numbered in the order in which they run."""
    return max(script.name[:4] for script in MIGRATIONS.glob("versions/[0-9]*.py"))


async def _migration_of(connection: asyncpg.Connection) -> str | None:
    """The number of the database's schema; None before the first migration."""
    if await connection.fetchval("select to_regclass('alembic_version')") is None:
        return None
    at: str | None = await connection.fetchval("select version_num from alembic_version")
    return at


async def _upgrade(database_url: str, to: str) -> None:
    # Loaded where there is something to do: most starts find nothing, and are up a tenth sooner.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy.ext.asyncio import create_async_engine

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, to)

    engine = create_async_engine(as_asyncpg(database_url))
    async with engine.begin() as transaction:
        await transaction.run_sync(upgrade)
    await engine.dispose()
