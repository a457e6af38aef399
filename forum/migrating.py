"""Bringing a database to this release's schema."""

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


async def migrate(database_url: str) -> None:
    """Runs the migrations that are missing, then those of the job queue. Safe to run again and by two at once."""
    engine = create_async_engine(as_asyncpg(database_url))
    async with engine.begin() as connection:
        # One at a time: a second process waits here and then finds nothing to do.
        await connection.exec_driver_sql("select pg_advisory_xact_lock(20020331)")
        await connection.run_sync(_upgrade)
    await engine.dispose()
    raw = await asyncpg.connect(as_libpq(database_url))
    try:
        await jobs.install(raw)
    finally:
        await raw.close()


@cache
def newest_migration() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config
