"""What `forum verify` says, and how it ends."""

import pytest

from forum.commands.verify import report
from forum.db import Database
from tests.factories import a_post


async def test_an_untouched_room_matches(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    await a_post(db)
    assert await report(db) == 0
    said = capsys.readouterr().out
    assert "2 revisions" in said
    assert "matches." in said


async def test_every_mismatch_is_said(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    post = await a_post(db)
    await db.run("set local session_replication_role = replica")
    await db.run("update revisions set raw = 'ほかの文' where id = :id", id=post.revision_id)
    assert await report(db) == 2
    assert (
        f"MISMATCH revision {post.revision_id} (post {post.id}, number 1): hash differs"
        in capsys.readouterr().out
    )
