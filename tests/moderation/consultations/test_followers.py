"""Whoever follows a consultation is told what happens to it, once, in the inbox and by mail."""

import httpx
from starlette.applications import Starlette

from forum import clock
from forum.db import Database
from moderation.consultations import jobs
from moderation.consultations.actions import answering, changing, following, running
from moderation.consultations.queries import followers
from tests.conftest import Login
from tests.factories import an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO, on_day
from tests.moderation.consultations.test_changing import extended
from tests.moderation.consultations.test_correcting import corrected
from tests.pages import actions, parsed, text_of


async def told(db: Database, account_id: int | None) -> list[str]:
    """What somebody was told of consultations, in order."""
    rows = await db.rows(
        "select params ->> 'act' as act from notifications where account_id = :id order by id", id=account_id
    )
    return [row["act"] for row in rows]


async def test_the_whole_life_of_a_procedure_is_told_once(db: Database, app: Starlette) -> None:
    everything, one, gone = [await an_account(db) for _ in range(3)]
    await following.follow(db, everything, None, wanted=True)
    procedure = await stories.announced(db)
    for wanted in (True, False):
        await following.follow(db, gone, procedure.id, wanted=wanted)
    await following.follow(db, one, procedure.id, wanted=True)
    await corrected(db, procedure)
    await extended(db, procedure, day=6)
    for day in (0.9, 1.1, 1.2, 31, 46.2, 46.5, 46.9, 49.2, 49.5, 49.9):
        with on_day(day):
            await jobs.HOURLY["tell_followers"](app.state.site, {})
    with on_day(50):
        await answering.consider(db, procedure.clerk, procedure.id)
        await answering.publish_result(db, procedure.clerk, procedure.id)
    life = ["correct", "extend", "open", "soon", "closed", "publish"]
    assert await told(db, everything.id) == ["announce", *life]
    assert await told(db, one.id) == life
    assert await told(db, gone.id) == []


async def test_whoever_is_told_of_their_own_words_is_not_told_twice(db: Database) -> None:
    author, reader = await an_account(db), await an_account(db)
    for each in (author, reader):
        await following.follow(db, each, None, wanted=True)
    procedure = await stories.published(db, by=author)
    await stories.reported(db, procedure)
    kinds = await db.rows("select kind from notifications where account_id = :id order by id", id=author.id)
    assert [row["kind"] for row in kinds].count("consultation_changed") == 1
    assert await told(db, reader.id) == ["announce", "publish", "progress", "progress"]


async def test_what_begins_or_ends_by_a_hand_is_not_told_again_by_the_clock(
    db: Database, app: Starlette
) -> None:
    reader, procedure = await an_account(db), await stories.prepared(db)
    await following.follow(db, reader, None, wanted=True)
    with on_day(0.5):
        await running.announce(db, procedure.clerk, procedure.id, TOKYO, at_once=True)
    with on_day(3):
        await changing.close(db, procedure.clerk, procedure.id, "作りなおすため")
    for day in (0.6, 3.1):
        with on_day(day):
            await jobs.HOURLY["tell_followers"](app.state.site, {})
    assert await told(db, reader.id) == ["open", "close"]


async def test_the_buttons_work_without_scripts(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure, reader = await stories.announced(db), await an_account(db)
    hidden = await stories.prepared(db)
    here = f"/consultations/{procedure.id}"
    for page in (here, "/consultations"):
        assert f"{page}/follow" in actions(parsed(await client.get(page)))
        assert (await client.post(f"{page}/follow")).headers["location"] == f"/login?next={page}"
    await login(client, reader.id or 0)
    for page in (here, "/consultations"):
        assert (await client.post(f"{page}/follow")).headers["location"] == page
        assert "フォローをやめる" in text_of(parsed(await client.get(page)))
        await client.post(f"{page}/follow", data={"do": "leave"})
        assert "フォローをやめる" not in text_of(parsed(await client.get(page)))
    assert (await client.post(f"/consultations/{hidden.id}/follow")).status_code == 404
    await following.follow(db, reader, None, wanted=True)
    with on_day(1):
        await extended(db, procedure, day=2)
    assert "期間を延ばしました" in text_of(parsed(await client.get("/inbox")))


async def test_what_another_worker_told_or_somebody_moved_meanwhile_is_not_told(db: Database) -> None:
    reader, procedure = await an_account(db), await stories.announced(db)
    await following.follow(db, reader, procedure.id, wanted=True)
    with on_day(30.5):
        (soon,) = await followers.due(db, clock.now(), clock.now() - following.NEWS_FOR)
        await following.tell_call(db, clock.now(), soon)
        await following.tell_call(db, clock.now(), soon)
    assert await told(db, reader.id) == ["soon"]
    with on_day(33.2):
        now = clock.now()
        (closed,) = await followers.due(db, now, now - following.NEWS_FOR)
    await extended(db, procedure, day=32)
    await following.tell_call(db, now, closed)
    assert await told(db, reader.id) == ["soon", "extend"]


async def test_a_period_that_was_prolonged_by_hours_does_not_end_in_three_days(
    db: Database, app: Starlette, client: httpx.AsyncClient, login: Login
) -> None:
    """The moment three days before is past already when the end moves, and it is told all the same."""
    reader, procedure = await an_account(db), await stories.announced(db)
    await following.follow(db, reader, procedure.id, wanted=True)
    await extended(db, procedure, day=32.5, closes_at="2026-05-05T17:15")
    with on_day(32.6):
        await jobs.HOURLY["tell_followers"](app.state.site, {})
        await login(client, reader.id or 0)
        page = text_of(parsed(await client.get("/inbox")))
    assert await told(db, reader.id) == ["extend", "soon"]
    assert "まもなく締め切りです" in page
    assert "あと3日" not in page
