"""Names and addresses are deleted when the time for keeping them is over, and everything still matches."""

import httpx
import pytest
from starlette.applications import Starlette

from forum.commands.verify import every_mismatch
from forum.db import Database
from moderation.consultations import jobs
from moderation.consultations.actions import changing
from moderation.submissions import queries as submissions
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import SEAL, on_day


async def found(db: Database) -> list[str]:
    return [line async for line in every_mismatch(db, SEAL)]


async def left(db: Database) -> int:
    number: int = await db.value("select count(*) from submissions where sealed is not null")
    return number


async def test_names_go_a_year_after_the_result_and_the_result_stays(
    db: Database, app: Starlette, client: httpx.AsyncClient
) -> None:
    procedure = await stories.published(db)
    before = (await client.get(f"/consultations/{procedure.id}/results.json")).json()
    keys = await db.rows("select person_key from submissions where person_key is not null")
    with on_day(50 + 364):
        await jobs.forget_submitters(app.state.site, {})
        assert await left(db) == 3
    with on_day(50 + 366):
        await jobs.forget_submitters(app.state.site, {})
        await jobs.forget_submitters(app.state.site, {})
    assert await left(db) == 0
    (note,) = await submissions.forgotten(db)
    assert (note.envelopes, note.kept_days) == (3, 365)
    after = await db.rows("select person_key from submissions where person_key is not null")
    assert len({row["person_key"] for row in after}) == len(keys) == 2
    assert not {row["person_key"] for row in after} & {row["person_key"] for row in keys}
    assert (await client.get(f"/consultations/{procedure.id}/results.json")).json() == before
    assert await found(db) == []


async def test_names_go_as_well_where_no_result_came(db: Database, app: Starlette) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure)
    with on_day(20):
        await changing.withdraw(db, procedure.clerk, procedure.id, "取り下げたため")
    with on_day(20 + 366):
        await jobs.forget_submitters(app.state.site, {})
    assert await left(db) == 0


async def test_names_of_one_procedure_that_cannot_go_keep_those_of_others_from_nothing(
    db: Database, app: Starlette
) -> None:
    stuck, other = await stories.published(db), await stories.published(db)
    await db.run(
        f"alter table forgotten_submitters add constraint stuck check (consultation_id <> {stuck.id})"
    )
    with on_day(50 + 366), pytest.raises(ExceptionGroup):
        await jobs.forget_submitters(app.state.site, {})
    rows = await db.rows("select distinct consultation_id from submissions where sealed is not null")
    assert [row["consultation_id"] for row in rows] == [stuck.id]
    assert [note.consultation_id for note in await submissions.forgotten(db)] == [other.id]


@pytest.mark.parametrize(
    "statement",
    [
        "update submissions set sealed = null",
        "update forgotten_submitters set envelopes = envelopes + 1",
        "delete from forgotten_submitters",
    ],
)
async def test_names_that_go_otherwise_are_missed(db: Database, app: Starlette, statement: str) -> None:
    await stories.published(db)
    if "forgotten" in statement:
        with on_day(50 + 366):
            await jobs.forget_submitters(app.state.site, {})
    await db.run("set local session_replication_role = replica")
    await db.run(statement)
    assert await found(db) != []


@pytest.mark.parametrize(
    "statement",
    [
        "update submissions set sealed = null, body = 'x'",
        "update submissions set person_key = null",
        "delete from submissions",
    ],
)
async def test_the_database_lets_go_of_the_person_only(db: Database, statement: str) -> None:
    await stories.published(db)
    with pytest.raises(Exception, match="immutable"):
        async with db.transaction():
            await db.run(statement)
