"""A release starts in many processes at once, each of which brings the database up to it."""

import asyncio
from datetime import timedelta

import httpx
import pytest
import typer
from alembic.script import ScriptDirectory

from forum import clock, jobs
from forum.commands.context import prepare
from forum.db import Database, connected
from forum.migrating import MIGRATIONS, newest_migration
from forum.themes.actions import see_to_ends
from forum.themes.rules import LASTS
from tests.databases import a_database
from tests.forum.themes.test_themes import NEEDS, a_theme, support


async def test_many_processes_may_start_at_once(server_url: str) -> None:
    async with a_database(server_url) as url:
        await asyncio.gather(*(prepare(url) for _ in range(4)))
        async with connected(url) as db:
            assert await db.value("select version_num from alembic_version") == newest_migration()
            assert await db.value("select count(*) from charter_rules where version > 1") == 0


async def test_themes_from_before_there_was_a_job_for_it_end_in_time(server_url: str) -> None:
    """Each once, however many processes start; what began, or ended, is left alone."""
    async with a_database(server_url) as url:
        await prepare(url)
        async with connected(url) as db:
            with clock.at(clock.now() - LASTS - timedelta(days=1)):
                await a_theme(db)
            started, waits = await a_theme(db), await a_theme(db)
            for _ in range(NEEDS - 1):
                await support(db, started)
            await jobs.cancel(db, "end_theme")
            known = await a_theme(db)
        await asyncio.gather(*(prepare(url) for _ in range(4)))
        async with connected(url) as db:
            assert [job["topic_id"] for job in await jobs.waiting(db, "end_theme")] == [known, waits]
            late = await db.value(
                """
                select max(abs(extract(epoch from q.execute_after - x.ends_at)))
                from pgqueuer q join theme_proposals x on x.topic_id = :id where q.entrypoint = 'end_theme'
                """,
                id=waits,
            )
            assert late < 60
            assert await see_to_ends(db) == 0


async def test_a_release_refuses_the_database_of_a_newer_one_in_a_line(own_database: str) -> None:
    async with connected(own_database) as db:
        await db.run("update alembic_version set version_num = '9999'")
    with pytest.raises(typer.BadParameter, match=f"9999.*{newest_migration()}"):
        await prepare(own_database)


@pytest.mark.parametrize(("at", "is_ready"), [("0001", False), (newest_migration(), True), ("9999", True)])
async def test_a_process_serves_on_while_a_newer_release_starts(
    db: Database, client: httpx.AsyncClient, at: str, is_ready: bool
) -> None:
    await db.run("update alembic_version set version_num = :at", at=at)
    assert (await client.get("/readyz")).json()["checks"]["migrations"] is is_ready


def test_the_highest_number_is_where_the_migrations_end() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [newest_migration()]
