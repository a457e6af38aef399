"""Whoever follows consultations with a feed reader or a calendar hears of everything public, and of nothing else."""

from xml.etree import ElementTree

import httpx

from forum.db import Database
from moderation.consultations.actions import changing
from tests.conftest import Login
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import on_day
from tests.moderation.consultations.test_changing import extended

ATOM = "{http://www.w3.org/2005/Atom}"


async def headlines(client: httpx.AsyncClient) -> list[str]:
    response = await client.get("/consultations/feed.atom")
    assert (await client.get("/feeds/consultations.atom")).content == response.content
    assert response.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return [str(entry.findtext(f"{ATOM}title")).split("：")[0] for entry in root.iter(f"{ATOM}entry")]


async def test_the_feed_says_whose_it_is_and_in_which_language(client: httpx.AsyncClient) -> None:
    client.cookies.set("locale", "en")
    root = ElementTree.fromstring((await client.get("/consultations/feed.atom")).content)  # noqa: S314 - our own
    assert root.findtext(f"{ATOM}title") == "Have a say | Citizens' Meeting Room | Koganei"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Koganei"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


async def test_the_feed_tells_what_happened_in_public(db: Database, client: httpx.AsyncClient) -> None:
    await stories.prepared(db, title="まだ秘密の計画")
    procedure = await stories.announced(db)
    await extended(db, procedure)
    with on_day(0.5):
        assert await headlines(client) == ["意見募集を予告しました"]
    with on_day(20):
        await changing.withdraw(db, procedure.clerk, procedure.id, "<取り下げ> & 作りなおし")
        assert await headlines(client) == [
            "意見募集を取りやめました",
            "意見募集の期間を延ばしました",
            "意見募集を始めました",
            "意見募集を予告しました",
        ]
        text = (await client.get("/consultations/feed.atom")).text
    assert "まだ秘密の計画" not in text
    assert "&lt;取り下げ&gt; &amp; 作りなおし" in text


async def test_what_was_given_up_before_it_opened_never_opened(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    with on_day(0.5):
        await changing.withdraw(db, procedure.clerk, procedure.id, "取り下げ")
    with on_day(20):
        assert await headlines(client) == ["意見募集を取りやめました", "意見募集を予告しました"]


async def test_what_was_given_up_names_no_deadline(db: Database, client: httpx.AsyncClient) -> None:
    running, skipped = await stories.announced(db), await stories.prepared(db)
    with on_day(0.5):
        await changing.skip(db, skipped.clerk, skipped.id, "法律のとおりに決めるため")
    with on_day(20):
        await changing.withdraw(db, running.clerk, running.id, "作りなおすため")
        root = ElementTree.fromstring((await client.get("/consultations/feed.atom")).content)  # noqa: S314 - our own
    told = [str(entry.findtext(f"{ATOM}summary")) for entry in root.iter(f"{ATOM}entry")]
    given_up, opened, given_up_before, announced = told
    assert (given_up, given_up_before) == ("作りなおすため", "法律のとおりに決めるため")
    assert "締め切り：" in opened
    assert "締め切り：" in announced


async def test_the_calendar_has_the_deadlines_and_moves_them(db: Database, client: httpx.AsyncClient) -> None:
    await stories.prepared(db, title="まだ秘密の計画")
    procedure = await stories.announced(db)
    before = await client.get("/consultations/calendar.ics")
    assert before.headers["content-type"].startswith("text/calendar")
    assert before.text.count("BEGIN:VEVENT") == 2
    assert "DTSTART:20260504T000000Z" in before.text
    assert "まだ秘密" not in before.text
    await extended(db, procedure, extended_due="2026-07-01")
    after = (await client.get("/consultations/calendar.ics")).text
    assert f"UID:consultation-{procedure.id}-closes@" in after
    assert "DTSTART:20260520T081500Z" in after
    assert "DTSTART;VALUE=DATE:20260701" in after
    with on_day(20):
        await changing.withdraw(db, procedure.clerk, procedure.id, "取り下げ")
    assert (await client.get("/consultations/calendar.ics")).text.count("STATUS:CANCELLED") == 3


async def test_a_result_that_is_published_is_not_expected_any_more(
    db: Database, client: httpx.AsyncClient
) -> None:
    await extended(db, await stories.announced(db), extended_due="2026-07-01")
    procedure = await stories.published(db)
    found = (await client.get("/consultations/calendar.ics")).text.replace("\r\n ", "")
    assert "結果の公表予定" in found
    _head, _line, result = found.partition(f"UID:consultation-{procedure.id}-result@")
    event, _line, _others = result.partition("END:VEVENT")
    assert "SUMMARY:意見募集の結果の公表：" in event
    assert f"/consultations/{procedure.id}/results\r\n" in event


async def test_a_result_that_is_promised_for_the_end_of_time_leaves_no_calendar_broken(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    """A calendar says until when a day lasts, and after the last there is none."""
    procedure = await stories.announced(db)
    await login(client, procedure.clerk.id or 0)
    extension = {"do": "extend", "closes_at": "2026-05-20T17:15", "extended_because": "雨"}
    desk = f"/consultations/{procedure.id}/desk"
    with on_day(5):
        refused = await client.post(desk, data=extension | {"extended_due": "9999-12-31"})
    assert refused.status_code == 422
    assert (await client.get("/consultations/calendar.ics")).status_code == 200


async def test_home_names_the_hour_at_which_a_period_ends(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.announced(db)
    await extended(db, procedure, closes_at="2026-05-20T00:00")
    with on_day(5):
        page = (await client.get("/")).text
    assert f"/consultations/{procedure.id}" in page
    assert '<time datetime="2026-05-20T00:00:00+09:00" data-town>' in page
