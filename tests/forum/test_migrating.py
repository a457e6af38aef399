"""A release starts in many processes at once, each of which brings the database up to it."""

import asyncio

from alembic.script import ScriptDirectory

from forum.commands.context import prepare
from forum.db import connected
from forum.migrating import MIGRATIONS, newest_migration
from tests.conftest import a_database


async def test_many_processes_may_start_at_once(server_url: str) -> None:
    async with a_database(server_url) as url:
        await asyncio.gather(*(prepare(url) for _ in range(4)))
        async with connected(url) as db:
            assert await db.value("select version_num from alembic_version") == newest_migration()
            assert await db.value("select count(*) from charter_rules where version > 1") == 0


def test_the_highest_number_is_where_the_migrations_end() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [newest_migration()]
