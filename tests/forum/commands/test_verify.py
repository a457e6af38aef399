"""What `forum verify` says, and how it ends."""

import pytest

from forum.commands.verify import every_mismatch, report
from forum.db import Database
from tests.factories import a_post, an_account
from tests.moderation.consultations import stories

# With the rights of the database's superuser and the triggers off. Posts are tampered with in
# tests/forum/posts/test_proofs.py.
TAMPERING = [
    # What was sent in.
    "update submissions set body = body || '。'",
    "update submissions set channel = 'post'",
    "update submissions set receipt = receipt || 'x'",
    "update submissions set received_at = received_at + interval '1 microsecond'",
    "update submissions set plan_section_id = (select min(id) from plan_sections)",
    "update submissions set consultation_id = -consultation_id",
    "update submissions set sha256 = repeat('0', 64)",
    # Who sent it in.
    "update submissions set sealed = substr(sealed, 2)",
    "update submissions set sealed = '', person_key = null",
    "update submissions set person_key = sha256(person_key)",
    "update submissions set person_key = null where person_key is not null",
    """update submissions s set sealed = o.sealed, person_key = o.person_key from submissions o
    where s.id <> o.id and s.id = (select min(id) from submissions)""",
    "delete from submissions where id = (select min(id) from submissions)",
    # The words that were taken from it, and what became of them.
    "update opinions set text = replace(text, '残して', '切って')",
    "update opinions set start_at = start_at + 1",
    "update opinions set end_at = end_at - 1",
    "update opinions set sha256 = repeat('0', 64)",
    "update opinions set submission_id = (select max(id) from submissions)",
    "update opinions set disposition = 'merged' where disposition = 'used'",
    "update opinions set disposition = 'undecided' where disposition = 'merged'",
    "update opinions set set_aside_reason = 'x' where disposition = 'set_aside'",
    "update opinions set group_id = -group_id where group_id is not null",
    "update opinions set part = 'greeting' where id = (select min(id) from opinions where part = 'opinion')",
    "update opinions set part = 'greeting' where disposition = 'set_aside'",
    "delete from opinions where id = (select min(id) from opinions where part = 'opinion')",
    "delete from opinions where disposition = 'set_aside'",
    "delete from opinions",
    # The digest around them.
    "update opinion_groups set title = 'x'",
    "update opinion_groups set summary = 'x'",
    "delete from opinion_groups",
    "update digests set title = 'x'",
    "update digests set summary = 'x'",
    "update digests set starts_at = starts_at - interval '1 day'",
    "update digests set ends_at = ends_at + interval '1 day'",
    "update digests set hash_version = 1",
    "update digests set sha256 = repeat('0', 64)",
    "update digests set sha256 = null",
    "update digests set state = 'draft'",
    "update digests set state = 'draft', sha256 = null",
    "update digests set consultation_id = null",
    "delete from digests",
    # The answers.
    "update answers set body = 'x'",
    "update answers set reason = 'x'",
    "update answers set category = 'other'",
    "update answers set plan_before = 'x'",
    "update answers set plan_after = 'x'",
    "update answers set number = 2",
    "update answers set group_id = -group_id",
    "update answers set opinions = opinions[2:]",
    "update answers set sha256 = repeat('0', 64)",
    "delete from answers",
    """insert into answers (group_id, number, opinions, category, body, author_id, sha256, created_at)
    select group_id, 2, opinions, category, 'forged', author_id, sha256, created_at from answers""",
    # The result as a whole.
    "update plan_sections set body = 'x'",
    "update plan_sections set heading = 'x'",
    "update plan_sections set position = 9 where position = 1",
    "delete from plan_sections where position = 2",
    "update consultations set title = 'x'",
    "update consultations set hash_version = 1",
    "update response_categories set label = 'x'",
    "update consultations set opens_at = opens_at - interval '1 day'",
    "update consultations set closes_at = closes_at + interval '1 day'",
    "update consultations set sha256 = repeat('0', 64)",
    "update consultations set sha256 = null",
    "update consultations set state = 'withdrawn'",
    "update consultations set state = 'considering', sha256 = null",
    "delete from consultations",
    # What the section reported since.
    "update progress_reports set body = 'x'",
    "update progress_reports set status = 'done'",
    "update progress_reports set year = 2020",
    "delete from progress_reports where number = 1",
]


async def test_an_untouched_room_matches(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    await a_post(db)
    assert await report(db, stories.SEAL) == 0
    said = capsys.readouterr().out
    assert "2 revisions" in said
    assert "matches." in said


@pytest.fixture(scope="module")
async def result(ground: Database) -> None:
    """A result was published."""
    await stories.reported(ground, await stories.published(ground, by=await an_account(ground)))
    assert await _mismatches(ground) == []


@pytest.mark.usefixtures("result")
@pytest.mark.parametrize("sql", TAMPERING)
async def test_tampering_with_what_was_published_is_found(db: Database, sql: str) -> None:
    await db.run("set local session_replication_role = replica")
    await db.run(sql)
    assert await _mismatches(db) != []


async def test_every_mismatch_is_said(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    post = await a_post(db)
    await db.run("set local session_replication_role = replica")
    await db.run("update revisions set raw = 'ほかの文' where id = :id", id=post.revision_id)
    assert await report(db, stories.SEAL) == 2
    assert (
        f"MISMATCH revision {post.revision_id} (post {post.id}, number 1): hash differs"
        in capsys.readouterr().out
    )


async def _mismatches(db: Database) -> list[str]:
    return [line async for line in every_mismatch(db, stories.SEAL)]
