"""`forum digest compile`."""

import pytest

from forum.commands.digest import compiled
from forum.db import Database
from moderation.digests import rules
from tests.moderation.digests.desk import a_discussion, a_draft


async def test_a_waiting_digest_is_compiled_once(
    db: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rules, "TEXTS_AT_ONCE", 0)
    digest = await a_draft(db, await a_discussion(db))
    assert await compiled(db, digest.id)
    assert await compiled(db, digest.id)
    assert capsys.readouterr().out.splitlines() == [
        "Compiled. Opinions: 5, groups: 3.",
        "Compiled before. Opinions: 5, groups: 3.",
    ]


async def test_an_unknown_digest_is_said_to_be_unknown(
    db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not await compiled(db, 999_999)
    assert "no digest 999999" in capsys.readouterr().err
