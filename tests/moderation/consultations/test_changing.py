"""A period that is prolonged or cut short, and a procedure that is given up: on record, shown, told, verified."""

import io
import json
import zipfile
from datetime import datetime
from email import message_from_string, policy

import httpx
import pytest
from docx import Document
from openpyxl import load_workbook
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.db import Database, connected
from forum.errors import Forbidden, Invalid
from moderation.consultations import jobs, verifying
from moderation.consultations.actions import changing, following, receiving, running
from moderation.consultations.queries import changes, notices
from moderation.consultations.rules import State
from moderation.consultations.rules.extending import Extension
from tests.conftest import Login
from tests.factories import an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO, Procedure, on_day
from tests.waiting import waiting

BECAUSE = "大雨で説明会を延期したため"


def an_extension(**changes: object) -> Extension:
    values: dict[str, object] = {"closes_at": "2026-05-20T17:15", "extended_because": BECAUSE}
    return Extension.model_validate(values | changes)


async def extended(db: Database, procedure: Procedure, day: float = 5, **changes: object) -> None:
    with on_day(day):
        await changing.extend(db, procedure.clerk, procedure.id, an_extension(**changes), TOKYO)


async def problems(db: Database) -> list[str]:
    return [line async for line in verifying.mismatches(db)]


async def test_a_running_period_is_prolonged_on_record(db: Database) -> None:
    procedure = await stories.announced(db)
    await extended(db, procedure)
    await extended(db, procedure, day=40, closes_at="2026-06-01T17:15")
    consultation = await notices.consultation(db, procedure.id)
    assert consultation is not None
    assert consultation.state_at(stories.days_later(60)) == State.OPEN
    made = await changes.of(db, procedure.id)
    assert [(change.number, change.act, change.reason) for change in made] == [
        (1, "extend", BECAUSE),
        (2, "extend", BECAUSE),
    ]
    assert made[1].closed_at == made[0].closes_at
    assert await problems(db) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"closes_at": "2026-05-04T09:00"}, "closes_at"),
        ({"closes_at": "2026-05-01T09:00"}, "closes_at"),
        ({"extended_due": "2026-05-19"}, "extended_due"),
    ],
)
async def test_the_new_end_is_later_and_the_result_after_it(
    db: Database, typed: dict[str, object], field: str
) -> None:
    procedure = await stories.announced(db)
    with pytest.raises(Invalid) as refused:
        await extended(db, procedure, **typed)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("day", [0.5, 34])
async def test_only_a_running_period_is_prolonged(db: Database, day: float) -> None:
    procedure = await stories.announced(db)
    with pytest.raises(Forbidden):
        await extended(db, procedure, day=day)


async def test_closing_early_and_giving_up_are_on_record_with_both_reasons(db: Database) -> None:
    procedure = await stories.prepared(db, closes_at="2026-04-12T09:00", short_period_reason="急ぐため")
    with on_day(0.5):
        await stories.running.announce(db, procedure.clerk, procedure.id, TOKYO)
    with on_day(3):
        await changing.close(db, procedure.clerk, procedure.id, "作りなおすため")
        await changing.withdraw(db, procedure.clerk, procedure.id, "取り下げたため")
    consultation = await notices.consultation(db, procedure.id)
    assert consultation is not None
    assert consultation.short_period_reason == "急ぐため\n作りなおすため"
    assert [change.act for change in await changes.of(db, procedure.id)] == ["close", "withdraw"]
    assert await problems(db) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update consultation_changes set reason = 'ちがう理由'",
        "update consultation_changes set made_at = made_at + interval '1 day'",
        "delete from consultation_changes where number = 1",
        "delete from consultation_changes where number = 2",
        "update consultations set closes_at = closes_at + interval '1 day'",
    ],
)
async def test_whoever_alters_the_record_is_found(db: Database, statement: str) -> None:
    procedure = await stories.announced(db)
    await extended(db, procedure)
    await extended(db, procedure, closes_at="2026-06-01T17:15")
    await db.run("set local session_replication_role = replica")
    await db.run(statement)
    assert await problems(db) != []


async def test_a_result_says_how_its_period_was_changed(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.announced(db)
    await extended(db, procedure)
    for rest in ("", "/results"):
        if rest:
            await finish(db, procedure)
        page = (await client.get(f"/consultations/{procedure.id}{rest}")).text
        assert "延ばしました" in page
        assert BECAUSE in page
    word = await client.get(f"/consultations/{procedure.id}/results.docx")
    cells = [cell.text for cell in Document(io.BytesIO(word.content)).tables[0]._cells]
    change = f"2026年4月6日に、締め切りを2026年5月4日から2026年5月20日に変更しました。理由: {BECAUSE}"
    assert change in cells
    book = load_workbook(
        io.BytesIO((await client.get(f"/consultations/{procedure.id}/results.xlsx")).content)
    )
    assert ("期間の変更", change) in [row[:2] for row in book["概要"].iter_rows(values_only=True)]
    (said,) = (await client.get(f"/consultations/{procedure.id}/results.json")).json()["period_changes"]
    assert (said["after"], said["reason"]) == ("2026-05-20T08:15:00.000000Z", BECAUSE)
    bundle = await client.get(f"/consultations/{procedure.id}/results.zip")
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as files:
        assert change in files.read("results.html").decode()
    assert await problems(db) == []


async def finish(db: Database, procedure: Procedure) -> None:
    """Nobody said anything: a result that says so."""
    with on_day(60):
        await stories.answering.consider(db, procedure.clerk, procedure.id)
        await stories.answering.publish_result(db, procedure.clerk, procedure.id)


async def test_whoever_left_an_address_and_no_name_is_told_as_well(db: Database, app: Starlette) -> None:
    procedure = await stories.announced(db)
    for number in range(2):
        await stories.a_paper(db, procedure, "名前のない意見です。", email=f"{number}@example.org")
    await extended(db, procedure, day=13)
    await jobs.tell_submitters(app.state.site, await payload(db, "tell_submitters"))
    assert await db.value("select count(*) from pgqueuer where entrypoint = 'submitter_mail'") == 2


async def test_those_who_submitted_are_told(db: Database, app: Starlette) -> None:
    author, procedure = await an_account(db), await stories.announced(db)
    await stories.a_submission(db, procedure, author)
    await stories.a_submission(db, procedure)
    await stories.a_submission(db, procedure, body="もう一つ。")
    await extended(db, procedure, day=11)
    told = await db.rows("select account_id from notifications where kind = 'consultation_changed'")
    assert [row["account_id"] for row in told] == [author.id]
    await jobs.tell_submitters(app.state.site, await payload(db, "tell_submitters"))
    assert await db.value("select count(*) from pgqueuer where entrypoint = 'submitter_mail'") == 1
    await jobs.submitter_mail(app.state.site, await payload(db, "submitter_mail"))
    (mail,) = (app.state.site.settings.var_dir / "mail").iterdir()
    assert stories.EMAIL in mail.read_text()


async def test_who_left_an_address_once_and_wrote_again_without_it_is_told(
    db: Database, app: Starlette
) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure)
    await stories.a_submission(db, procedure, email="newer@example.org")
    again = {"name": stories.NAME, "address": stories.ADDRESS}
    await stories.a_paper(db, procedure, "街路樹のことを書き忘れました。", **again)
    await stories.a_paper(db, procedure, "同じ名前の別の人です。", name=stories.NAME, address="別の町")
    await extended(db, procedure, day=13)
    await jobs.tell_submitters(app.state.site, await payload(db, "tell_submitters"))
    for number in await db.rows("select payload from pgqueuer where entrypoint = 'submitter_mail'"):
        await jobs.submitter_mail(app.state.site, json.loads(number["payload"]))
    (mail,) = (app.state.site.settings.var_dir / "mail").iterdir()
    assert "To: newer@example.org" in mail.read_text()


async def test_what_leads_to_a_receipt_goes_only_where_its_author_said(db: Database, app: Starlette) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure)
    paper = await stories.a_paper(db, procedure, "もう一つ。", name=stories.NAME, address=stories.ADDRESS)
    place = f"/consultations/{procedure.id}/submissions/{paper.receipt}/place"
    news = {"title": "みどり", "until": "2026-06-01"}
    told = {"submission_id": paper.id, "news": news, "template": "notifications/digest_grouped.txt"}
    await jobs.submitter_mail(app.state.site, told | {"place": place})
    assert not (app.state.site.settings.var_dir / "mail").exists()


async def test_a_result_is_told_to_whoever_left_only_an_address(db: Database, app: Starlette) -> None:
    procedure = await stories.answered(db)
    await db.run("delete from pgqueuer")
    with on_day(50):
        await stories.answering.publish_result(db, procedure.clerk, procedure.id)
    await jobs.tell_submitters(app.state.site, await payload(db, "tell_submitters"))
    for number in await db.rows("select payload from pgqueuer where entrypoint = 'submitter_mail'"):
        await jobs.submitter_mail(app.state.site, json.loads(number["payload"]))
    (mail,) = (app.state.site.settings.var_dir / "mail").iterdir()
    (message,) = [message_from_string(mail.read_text(), policy=policy.default)]
    assert message["to"] == stories.EMAIL
    assert "への意見と市の考え方を公表しました" in message["subject"]
    assert f"/consultations/{procedure.id}/results\n" in message.get_content()


async def payload(db: Database, name: str) -> dict[str, object]:
    found = await db.value("select payload from pgqueuer where entrypoint = :name", name=name)
    content: dict[str, object] = json.loads(found)
    return content


async def test_the_desk_prolongs_without_scripts(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    await login(client, procedure.clerk.id or 0)
    desk = f"/consultations/{procedure.id}/desk"
    typed = {"do": "extend", "closes_at": "2026-05-20T17:15", "extended_because": ""}
    with on_day(5):
        assert "期間を延ばす" in (await client.get(desk)).text
        assert (await client.post(desk, data=typed)).status_code == 422
        done = await client.post(desk, data=typed | {"extended_because": BECAUSE})
        assert done.status_code == 303
        assert BECAUSE in (await client.get(desk)).text


async def test_whoever_submits_while_it_is_closed_is_in_time_and_dated_when_they_came(
    own_database: str,
) -> None:
    async with connected(own_database) as db, connected(own_database) as other:
        procedure = await stories.open_now(db)
        async with db.transaction():
            await notices.locked(db, procedure.id)
            submitting = await waiting(
                db, receiving.submit(other, stories.SEAL, Actor(), procedure.id, stories.a_form())
            )
            released = clock.now()
        await submitting
        async with db.transaction():
            await notices.locked(db, procedure.id)
            closing = await waiting(db, changing.close(other, procedure.clerk, procedure.id, "中止"))
            await receiving.submit(db, stories.SEAL, Actor(), procedure.id, stories.a_form())
        await closing
        consultation = await notices.consultation(db, procedure.id)
        assert consultation is not None
        came = [
            row["received_at"] for row in await db.rows("select received_at from submissions order by id")
        ]
        assert came[0] < released < came[1] < consultation.closes_at


async def test_every_announced_date_is_moved_on_record_for_a_reason_and_told(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure, reader = await stories.announced(db), await an_account(db)
    with on_day(0):
        await following.follow(db, reader, procedure.id, wanted=True)
    dates = {"opens_at": "2026-04-06T09:00", "closes_at": "2026-05-11T09:00", "result_due": "2026-07-01"}
    with on_day(0), pytest.raises(Invalid, match="理由"):
        await edited(db, procedure, **dates)
    with on_day(0):
        await edited(db, procedure, moved_because="説明会の日が変わったため", **dates)
        await edited(db, procedure, title="みどりと水の計画（案）", **dates)
    (change,) = await changes.of(db, procedure.id)
    assert (change.act, change.due_before, str(change.due_after)) == ("reschedule", None, "2026-07-01")
    assert await problems(db) == []
    page = (await client.get(f"/consultations/{procedure.id}")).text
    for said in (
        "募集の開始を",
        "締め切りを",
        "結果の公表予定日を2026年7月1日にしました。",
        "説明会の日が変わったため",
    ):
        assert said in page
    assert procedure.clerk.pen_name not in page
    rows = await db.rows("select params from notifications where account_id = :id", id=reader.id)
    (told,) = [row["params"] for row in rows if row["params"].get("act") == "reschedule"]
    assert datetime.fromisoformat(told["opened_at"]) == datetime(2026, 4, 2, 9, tzinfo=TOKYO)
    assert (told["due_before"], told["due_after"]) == ("", "2026-07-01")
    await login(client, reader.id or 0)
    assert "の意見募集の日程が変わりました" in (await client.get("/inbox")).text
    assert "意見募集の日程を変えました" in (await client.get("/consultations/feed.atom")).text
    await db.run("alter table consultation_changes disable trigger consultation_changes_immutable")
    await db.run("update consultation_changes set opened_at = opened_at - interval '1 day'")
    assert await problems(db) != []


async def edited(db: Database, procedure: Procedure, **fields: object) -> None:
    found = await notices.consultation(db, procedure.id)
    assert found is not None
    notice = stories.a_notice(procedure.clerk, **fields)
    await running.edit(db, procedure.clerk, procedure.id, notice, found.version, TOKYO)


async def test_another_day_for_the_result_is_on_record_when_a_period_is_prolonged(db: Database) -> None:
    procedure = await stories.announced(db)
    await extended(db, procedure, extended_due="2026-08-01")
    (change,) = await changes.of(db, procedure.id)
    assert (change.due_before, str(change.due_after)) == (None, "2026-08-01")
    assert await problems(db) == []
