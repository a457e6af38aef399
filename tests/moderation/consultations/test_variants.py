"""Answers in plain Japanese and in English: shown while they say what the answer says."""

import httpx
import pytest

from forum.db import Database
from forum.errors import Conflict, Invalid
from moderation.consultations import verifying
from moderation.consultations.actions import answering, translating
from moderation.consultations.rules.variants import NewVariant, Variant, source_sha256
from tests.conftest import Login, undone
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import on_day

PLAIN = NewVariant.model_validate({"number": 0, "language": "plain", "body": "木を守ります。"})
# As the database's superuser, with the triggers off.
ALTERED = [
    *(
        f"update answer_variants set {what} where language = 'plain' and number = 1"
        for what in (
            *("body = 'x'", "group_id = group_id + 1", "number = 3", "sha256 = 'x'"),
            *(
                "source_sha256 = 'x'",
                "written_by = written_by + 1",
                "written_at = written_at + interval '1 day'",
            ),
        )
    ),
    "delete from answer_variants where language = 'plain' and number = 1",
]


def test_a_variant_is_stale_when_anything_else_is_said() -> None:
    variant = Variant(1, "en", 1, "We keep the trees.", source_sha256("木", "理由"), stories.START)
    assert not variant.is_stale("木", "理由")
    assert variant.is_stale("木。", "理由")
    assert variant.is_stale("木", "")


async def test_a_variant_becomes_stale_with_its_answer_and_is_not_shown(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.answered(db)
    (group,) = (await stories.the_gathered(db, procedure)).groups
    english = PLAIN.model_copy(update={"language": "en", "body": "We keep the trees."})
    await login(client, procedure.clerk.id or 0)
    bench, place = (
        f"/consultations/{procedure.id}/answers/{group.row.id}",
        f"/consultations/{procedure.id}/results",
    )
    with on_day(42):
        await translating.translate(db, procedure.clerk, procedure.id, group.row.id, PLAIN)
        await translating.translate(db, procedure.clerk, procedure.id, group.row.id, english)
        assert "木を守ります。" in (await client.get(place)).text
        assert "古くなっています" not in (await client.get(bench)).text
        reply = stories.a_reply(number=1, body="書きなおしました。")
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, reply)
        assert (await client.get(bench)).text.count("古くなっています") == 2
        again = {"number": "1", "language": "plain", "body": "木をもっと守ります。"}
        await client.post(f"{bench}/variants/plain", data=again)
        await answering.publish_result(db, procedure.clerk, procedure.id)
    page = (await client.get(place)).text
    assert "木をもっと守ります。" in page
    assert "We keep the trees." not in page
    assert await mismatches(db) == []
    for altered in ALTERED:
        async with undone(db):
            await db.run("set local session_replication_role = replica")
            await db.run(altered)
            assert any("in other words" in line for line in await mismatches(db)), altered


async def mismatches(db: Database) -> list[str]:
    return [line async for line in verifying.mismatches(db)]


async def test_there_must_be_an_answer_and_nobody_is_overwritten(db: Database) -> None:
    procedure = await stories.considered(db)
    (group,) = (await stories.the_gathered(db, procedure)).groups
    with on_day(42):
        with pytest.raises(Invalid):
            await translating.translate(db, procedure.clerk, procedure.id, group.row.id, PLAIN)
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, stories.a_reply())
        await translating.translate(db, procedure.clerk, procedure.id, group.row.id, PLAIN)
        with pytest.raises(Conflict) as refused:
            await translating.translate(db, procedure.clerk, procedure.id, group.row.id, PLAIN)
    assert refused.value.theirs == "木を守ります。"
