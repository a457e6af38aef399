"""A name under the seal is shown to those who carry the procedure, with a reason that stays on record, and to nobody else."""

from dataclasses import replace
from datetime import timedelta

import httpx
from starlette.applications import Starlette

from forum.access import Role
from forum.db import Database
from forum.sealed import Seal
from moderation.consultations import jobs
from moderation.submissions import looking
from moderation.submissions.queries import looks
from tests.conftest import Login, visitor
from tests.factories import a_staff_member, an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import ADDRESS, NAME, on_day

WHY = "市内に住む人かを確かめるため"


async def test_a_clerk_looks_with_a_reason_and_the_look_is_counted_in_public(
    db: Database, app: Starlette, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    address = f"/consultations/{procedure.id}/submissions/{taken.receipt}/person"
    with on_day(11):
        await login(client, procedure.clerk.id)
        assert NAME not in (await client.get(address)).text
        refused = await client.post(address, data={"why": " "})
        assert refused.status_code == 422
        assert NAME not in refused.text
        shown = await client.post(address, data={"why": WHY})
        assert NAME in shown.text
        assert ADDRESS in shown.text
        assert "no-store" in shown.headers["cache-control"]
        page = (await client.get(address)).text
        assert WHY in page
        assert NAME not in page
    async with visitor(app) as guest:
        assert "提出者の氏名を見た回数" in (await guest.get("/open-data")).text
        head = (await guest.get("/open-data/head.json")).json()
        assert head["counts"]["looks"] == 1
        (look,) = await looks.every(db)
        assert head["newest"]["look"]["sha256"] == look.sha256


async def test_a_name_that_this_key_does_not_open_is_not_looked_at(
    db: Database, app: Starlette, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    app.state.site = replace(app.state.site, seal=Seal("another key"))
    with on_day(11):
        await login(client, procedure.clerk.id)
        address = f"/consultations/{procedure.id}/submissions/{taken.receipt}/person"
        refused = await client.post(address, data={"why": WHY})
    assert (refused.status_code, "封を開けられません" in refused.text) == (403, True)
    assert WHY in refused.text
    assert await looks.every(db) == []


async def test_nobody_else_looks_and_only_administrators_read_the_log(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    address = f"/consultations/{procedure.id}/submissions/{taken.receipt}/person"
    with on_day(11):
        for stranger in (
            await a_staff_member(db),
            await an_account(db, Role.MODERATOR),
            await an_account(db),
        ):
            await login(client, stranger.id)
            for answer in (await client.get(address), await client.post(address, data={"why": WHY})):
                assert answer.status_code == 403
                assert NAME not in answer.text
            assert (await client.get("/consultations/looks")).status_code == 403
        assert await looks.every(db) == []
        await login(client, (await an_account(db, Role.ADMINISTRATOR)).id)
        await client.post(address, data={"why": WHY})
        log = await client.get("/consultations/looks")
    assert WHY in log.text
    assert taken.receipt in log.text
    assert NAME not in log.text


async def test_what_is_forgotten_is_shown_to_nobody(
    db: Database, app: Starlette, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.published(db)
    receipt = await db.value("select receipt from submissions where person_key is not null limit 1")
    with on_day(50 + 366):
        await jobs.forget_submitters(app.state.site, {})
        await login(client, procedure.clerk.id)
        answer = await client.post(
            f"/consultations/{procedure.id}/submissions/{receipt}/person", data={"why": WHY}
        )
    assert answer.status_code == 403
    assert "すでに消されています" in answer.text
    assert await looks.every(db) == []


async def test_looks_are_one_chain(db: Database, client: httpx.AsyncClient, login: Login) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    with on_day(11):
        await login(client, procedure.clerk.id)
        for why in (WHY, "問い合わせに答えるため"):
            await client.post(
                f"/consultations/{procedure.id}/submissions/{taken.receipt}/person", data={"why": why}
            )
    first, second = await looks.every(db)
    assert list(looking.mismatches([first, second])) == []
    assert list(looking.mismatches([second])) != []
    forged = (
        {"reason": "x"},
        {"account_id": 0},
        {"looked_at": second.looked_at + timedelta(1)},
        {"number": 3},
    )
    for change in (*forged, {"submission_sha256": ""}, {"sha256": "0" * 64}):
        assert list(looking.mismatches([first, replace(second, **change)])) != []
