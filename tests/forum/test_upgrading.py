"""A town's data outlive every release: what an older one has written is brought up to this one and matches.

`releases/NNNN.json` holds the rows of every table as a release with the schema of migration NNNN wrote them. To add
one: `python -m tests.whole_room tests/forum/releases/NNNN.json` with that release.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from forum.commands.context import prepare
from forum.commands.verify import every_mismatch
from forum.db import Database, connected
from forum.migrating import migrate, newest_migration
from forum.posts.proofs import waiting
from forum.topics.actions.rendering import render_anew
from forum.wordings.actions import reword
from forum.wordings.rules import About, NewWording, Source
from moderation.reviews.acts import Act
from moderation.reviews.queries import chain
from tests.databases import a_database
from tests.factories import a_moderator, a_post, a_staff_member, number_apart
from tests.moderation.consultations import stories
from tests.moderation.reviews.test_actions import decide

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.json"))
Upgraded = Callable[[Path], AbstractAsyncContextManager[Database]]


@pytest.fixture
def upgraded(server_url: str) -> Upgraded:
    """`async with upgraded(release) as db`: its database, brought up to this release."""

    @asynccontextmanager
    async def upgrade(release: Path) -> AsyncIterator[Database]:
        async with a_database(server_url) as url:
            await migrate(url, to=release.stem)
            async with connected(url) as db:
                await restore(db, json.loads(release.read_text()))
            number_apart()
            await prepare(url)
            async with connected(url) as db:
                yield db

    return upgrade


async def restore(db: Database, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Fills the tables of an empty database; later rows get numbers after these."""
    async with db.transaction():
        await db.run("set local session_replication_role = replica")
        for table, rows in tables.items():
            names = ", ".join(rows[0])
            await db.run(f"delete from {table}")  # what the migrations themselves have put there
            await db.run(
                f"insert into {table} ({names}) overriding system value"
                f" select {names} from jsonb_populate_recordset(null::{table}, cast(:rows as jsonb))",
                rows=json.dumps(rows),
            )
            if "id" in rows[0]:
                await db.value(
                    f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))"
                )


async def mismatches(db: Database) -> list[str]:
    return [line async for line in every_mismatch(db, stories.SEAL)]


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
async def test_the_data_of_an_older_release_are_all_there_and_match(
    upgraded: Upgraded, release: Path
) -> None:
    async with upgraded(release) as db:
        assert await db.value("select version_num from alembic_version") == newest_migration()
        for table, rows in json.loads(release.read_text()).items():
            assert await db.value(f"select count(*) from {table}") >= len(rows), table
        assert await mismatches(db) == []
        await render_anew(db)
        assert await waiting(db) == {}
        assert await mismatches(db) == []


async def test_what_was_published_before_keeps_its_hash_and_says_so(upgraded: Upgraded) -> None:
    before = json.loads(RELEASES[0].read_text())
    async with upgraded(RELEASES[0]) as db:
        for table in ("digests", "consultations", "answers", "opinions", "revisions"):
            rows = await db.rows(f"select id, sha256 from {table}")
            assert {row["id"]: row["sha256"] for row in rows} == {
                row["id"]: row["sha256"] for row in before[table]
            }
        assert await db.value("select max(hash_version) from digests") == 1
        assert await db.value("select max(hash_version) from consultations") == 1


async def test_decisions_of_before_are_chained_in_their_order_and_new_ones_follow(upgraded: Upgraded) -> None:
    async with upgraded(RELEASES[0]) as db:
        before = [line async for line in chain.lines(db)]
        assert [line.number for line in before] == [*range(1, len(before) + 1)] != []
        assert [line.id for line in before] == sorted(line.id for line in before)
        await decide(db, await a_moderator(db), await a_post(db), Act.HIDE)
        assert [line.previous async for line in chain.lines(db)][-1] == before[-1].sha256
        assert await mismatches(db) == []


async def test_easy_words_of_before_are_hashed_in_their_order_and_new_ones_follow(server_url: str) -> None:
    async with a_database(server_url) as url:
        await migrate(url, to="0090")
        async with connected(url) as db:
            await restore(db, {"easy_wordings": [_words(4, 1), _words(4, 2), _words(5, 1)]})
        await prepare(url)
        async with connected(url) as db:
            assert await mismatches(db) == []
            source = Source(About.RULE, 4, "", "", "きまりの文")
            await reword(db, await a_staff_member(db), source, NewWording(number=2, body="新しい ことば。"))
            assert await mismatches(db) == []
            assert await db.value("select count(distinct sha256) from easy_wordings") == 4


def _words(subject: int, number: int) -> dict[str, Any]:
    """Easy words for a rule, as they were written without a hash."""
    return {
        "about": "rule",
        "subject_id": subject,
        "number": number,
        "body": f"「やさしい」\nことば {number}",
        "source_sha256": "0" * 64,
        "written_by": 1,
        "written_at": "2026-04-01T00:00:00.5+00:00",
    }
