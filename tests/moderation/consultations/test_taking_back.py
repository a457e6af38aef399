"""A submission is taken back by whoever made it, without an account; and found again by its number."""

import re

import httpx
import pytest

from forum.access import Actor
from forum.db import Database
from forum.errors import Forbidden, Invalid, NotFound
from moderation.consultations.actions import answering, taking_back
from moderation.digests import actions as digests
from moderation.digests.queries import opinions
from moderation.submissions import proofs
from moderation.submissions.receipts import new_receipt, read_receipt
from moderation.submissions.rules import TakingBack
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import SEAL, TOKYO, Procedure, on_day
from tests.moderation.digests.test_publishing import a_plan

ONESELF = {"name": stories.NAME, "address": stories.ADDRESS}


async def taken_back(db: Database, procedure: Procedure, receipt: str, day: float = 12, **typed: str) -> None:
    form = TakingBack.model_validate(ONESELF | typed)
    with on_day(day):
        await taking_back.take_back(db, SEAL, Actor(), procedure.id, receipt, form)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12-ABCDE-FGHJK", (12, "12-ABCDE-FGHJK")),
        ("１２－ａｂｃｄｅ－ｆｇｈｊｋ", (12, "12-ABCDE-FGHJK")),
        (" 12ーABCDE FGHJK ", (12, "12-ABCDE-FGHJK")),
        ("12-ABCDEFGHJK", (12, "12-ABCDE-FGHJK")),
        ("12ABCDEFGHJK", None),
        ("12-ABCDE", None),
        ("12-ABCDE-FGHJ0", None),
        ("x-ABCDE-FGHJK", None),
        ("-", None),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, read: tuple[int, str] | None) -> None:
    assert read_receipt(typed) == read


def test_every_number_that_is_made_is_read() -> None:
    receipt = new_receipt(7)
    assert read_receipt(receipt) == (7, receipt)


async def test_what_is_taken_back_is_considered_nowhere_and_stays_on_record(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure, body="取り下げる意見です。")
    await stories.a_submission(db, procedure, body="残る意見です。")
    await taken_back(db, procedure, taken.receipt)
    told = await db.rows("select kind from notifications where account_id = :id", id=procedure.clerk.id)
    assert [row["kind"] for row in told].count("submission_withdrawn") == 1
    with on_day(40):
        number = await answering.consider(db, procedure.clerk, procedure.id)
    assert [opinion.text for opinion in await opinions.all_of(db, number)] == ["残る意見です。"]
    assert await db.value("select body from submissions where id = :id", id=taken.id)
    assert [line async for line in proofs.mismatches(db)] == []
    page = (await client.get(f"/consultations/{procedure.id}/submissions/{taken.receipt}")).text
    assert "取り下げました" in page


async def test_a_draft_that_was_begun_early_lets_go_of_it(db: Database) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure, body="取り下げる意見です。")
    number = await digests.start(db, procedure.clerk, a_plan(consultation_id=procedure.id), TOKYO)
    assert len(await opinions.all_of(db, number)) == 1
    await taken_back(db, procedure, taken.receipt)
    assert await opinions.all_of(db, number) == []


@pytest.mark.parametrize("typed", [{"name": "別の人"}, {"address": "別の町"}])
async def test_only_whoever_made_it_takes_it_back(db: Database, typed: dict[str, str]) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    with pytest.raises(Invalid):
        await taken_back(db, procedure, taken.receipt, **typed)


async def test_it_is_taken_back_once_and_until_the_end(db: Database) -> None:
    procedure = await stories.announced(db)
    first, second = await stories.a_submission(db, procedure), await stories.a_submission(db, procedure)
    await taken_back(db, procedure, first.receipt)
    with pytest.raises(Forbidden):
        await taken_back(db, procedure, first.receipt)
    with pytest.raises(Forbidden):
        await taken_back(db, procedure, second.receipt, day=34)
    with pytest.raises(NotFound):
        await taken_back(db, procedure, new_receipt(procedure.id))


async def test_nobody_takes_back_what_bears_no_name(db: Database) -> None:
    procedure = await stories.announced(db)
    paper = await stories.a_paper(db, procedure, "名前のない意見")
    with pytest.raises(Invalid):
        await taken_back(db, procedure, paper.receipt)


async def test_the_pages_work_without_scripts_and_count_it_apart(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    with on_day(12):
        wrong = await client.post("/consultations/receipts", data={"receipt": "1-AAAAA-AAAAA"})
        assert wrong.status_code == 422
        found = await client.post("/consultations/receipts", data={"receipt": taken.receipt.lower()})
        place = found.headers["location"]
        assert "この意見を取り下げる" in (await client.get(place)).text
        refused = await client.post(place, data=ONESELF | {"name": "別の人"})
        assert refused.status_code == 422
        assert "合いません" in refused.text
        assert (await client.post(place, data=ONESELF)).status_code == 303
        page = (await client.get(place)).text
        assert "この意見を取り下げる" not in page
        assert stories.NAME not in page
    with on_day(60):
        await answering.consider(db, procedure.clerk, procedure.id)
        await answering.publish_result(db, procedure.clerk, procedure.id)
    result = (await client.get(f"/consultations/{procedure.id}/results")).text
    assert re.search("取り下げたものが1件", result)
    data = (await client.get(f"/consultations/{procedure.id}/results.json")).json()
    assert (data["received"]["texts"], data["withdrawn"]) == (0, 1)


async def test_guessing_names_takes_long(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.announced(db)
    place = f"/consultations/{procedure.id}/submissions/{(await stories.a_submission(db, procedure)).receipt}"
    with on_day(12):
        tries = [await client.post(place, data={"name": f"人{n}", "address": ""}) for n in range(6)]
    assert [response.status_code for response in tries] == [422] * 5 + [429]


@pytest.mark.parametrize(
    "statement", ["update submission_withdrawals set withdrawn_at = withdrawn_at + interval '1 day'"]
)
async def test_whoever_alters_a_withdrawal_is_found(db: Database, statement: str) -> None:
    procedure = await stories.announced(db)
    await taken_back(db, procedure, (await stories.a_submission(db, procedure)).receipt)
    await db.run("set local session_replication_role = replica")
    await db.run(statement)
    assert len([line async for line in proofs.mismatches(db)]) == 1
