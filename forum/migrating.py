"""Bringing a database to this release's schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from forum import jobs
from forum.db import as_asyncpg, as_libpq
from forum.settings import ROOT

# A number that no other lock of this database has.
MIGRATING = 20020331


async def migrate(database_url: str, *, to: str = "head") -> None:
    """Runs the migrations that are missing, then those of the job queue. Safe to run again and by many at once.

    `to` an older one, to see how this release takes over the data of another.
    """
    async with _alone(database_url) as connection:
        engine = create_async_engine(as_asyncpg(database_url))
        async with engine.begin() as transaction:
            await transaction.run_sync(_upgrade, to)
        await engine.dispose()
        await jobs.install(connection)


@asynccontextmanager
async def _alone(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """One process at a time: another one waits here and then finds nothing to do."""
    connection = await asyncpg.connect(as_libpq(database_url))
    try:
        await connection.execute("select pg_advisory_lock($1)", MIGRATING)
        yield connection
    finally:
        await connection.close()  # which gives the lock back


@cache
def newest_migration() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _upgrade(connection: Connection, to: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config
