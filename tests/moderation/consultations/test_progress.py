"""What the city did about its answers: reported year by year, told to everybody whose words were answered."""

import json
from datetime import datetime

import httpx
import pytest
from starlette.applications import Starlette

from forum.db import Database
from forum.errors import Conflict, Forbidden
from moderation.consultations import jobs
from moderation.consultations.actions import reporting
from moderation.consultations.rules import progress
from moderation.consultations.rules.progress import NewReport
from tests.conftest import Login
from tests.factories import an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO, on_day

FIRST = NewReport.model_validate({"number": 0, "status": "planned", "year": 2026, "body": "来年に行います。"})


@pytest.mark.parametrize(("month", "year"), [(3, 2025), (4, 2026), (12, 2026)])
def test_a_fiscal_year_begins_in_april(month: int, year: int) -> None:
    assert progress.fiscal_year(datetime(2026, month, 1, tzinfo=TOKYO)) == year


async def test_everybody_who_was_answered_hears_of_a_report(db: Database) -> None:
    author = await an_account(db)
    procedure = await stories.published(db, by=author)
    await db.run("delete from pgqueuer")
    await stories.reported(db, procedure)
    told = await db.rows(
        "select url, params from notifications where account_id = :id and kind = 'progress_reported' order by id",
        id=author.id,
    )
    assert [row["url"] for row in told] == [f"/consultations/{procedure.id}/results/groups/1#afterwards"] * 2
    assert told[1]["params"]["body"] == "半分に植えました。"
    mails = await db.value("select count(*) from pgqueuer where entrypoint = 'submitter_mail'")
    assert mails == 2, "the other person of the group has no account; who was set aside hears nothing"


async def test_whoever_left_an_address_and_no_name_hears_of_a_report_as_well(db: Database) -> None:
    procedure = await stories.announced(db)
    for number in range(2):
        words = f"街路樹を{number}本植えてください。"
        await stories.a_paper(db, procedure, words, email=f"{number}@example.org")
    await stories.published(db, procedure=procedure)
    await db.run("delete from pgqueuer")
    await stories.reported(db, procedure)
    mails = await db.value("select count(*) from pgqueuer where entrypoint = 'submitter_mail'")
    assert mails == 2 * (2 + 2), "two reports to them, and to the two who gave a name"


async def test_a_report_on_paper_words_finds_the_address_that_came_with_others(
    db: Database, app: Starlette
) -> None:
    procedure = await stories.announced(db)
    person = {"name": "本町 さくら", "address": "見本町9"}
    await stories.a_submission(db, procedure, body="道路のことです。", email="sakura@example.org", **person)
    await stories.a_paper(db, procedure, "街路樹を三本植えてください。", **person)
    await stories.published(db, procedure=procedure)
    await db.run("delete from pgqueuer")
    await stories.reported(db, procedure)
    for row in await db.rows("select payload from pgqueuer where entrypoint = 'submitter_mail'"):
        await jobs.submitter_mail(app.state.site, json.loads(row["payload"]))
    mails = [mail.read_text() for mail in (app.state.site.settings.var_dir / "mail").iterdir()]
    assert len([mail for mail in mails if "sakura@example.org" in mail]) == 2, "one for each report"


async def test_there_is_nothing_to_report_before_the_result_and_nothing_to_overwrite(db: Database) -> None:
    early, procedure = await stories.answered(db), await stories.published(db)
    with on_day(60):
        with pytest.raises(Forbidden):
            await reporting.report(db, early.clerk, early.id, 1, FIRST)
        await reporting.report(db, procedure.clerk, procedure.id, 1, FIRST)
        with pytest.raises(Conflict) as refused:
            await reporting.report(db, procedure.clerk, procedure.id, 1, FIRST)
    assert refused.value.theirs == FIRST.body


async def test_reports_are_read_where_the_answer_and_the_receipt_are(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.published(db)
    place = f"/consultations/{procedure.id}/results/groups/1"
    assert "その後を報告する" not in (await client.get(place)).text
    await login(client, procedure.clerk.id or 0)
    typed = {"number": "0", "status": "done", "year": "2027", "body": "街路樹を植えました。"}
    wrong = await client.post(f"{place}/progress", data=typed | {"year": "27", "body": ""})
    assert wrong.status_code == 422
    assert wrong.text.count('class="error"') == 2
    await client.post(f"{place}/progress", data=typed)
    client.cookies.clear()
    receipts = await db.rows("select receipt from submissions order by id")
    tree, *_others, mayor = [
        f"/consultations/{procedure.id}/submissions/{row['receipt']}" for row in receipts
    ]
    for page in (place, f"/consultations/{procedure.id}/progress", tree):
        text = (await client.get(page)).text
        assert "街路樹を植えました。" in text, page
        assert "2027年度" in text, page
    assert "街路樹を植えました。" not in (await client.get(mayor)).text
