"""Readers elsewhere get the times of their zone on the way out, and always know the town's."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from starlette.applications import Starlette

from forum.access import Actor
from forum.accounts import queries
from forum.db import Database
from forum.i18n import in_locale
from forum.live import Live, Viewer
from forum.rendering import Renderer
from forum.settings import Settings
from forum.topics.live import past_of_topic
from forum.zones import in_zone, offered, own_times, zones
from tests.conftest import Login, visitor
from tests.factories import a_post, a_topic, an_account
from tests.pages import parsed, problems, text_of

# 9:30 in London, 18:30 in the town.
MOMENT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
LONDON = '<time datetime="2026-12-01T18:30:00+09:00" title="小金井市の時刻：2026年12月1日 18:30">2026年12月1日 9:30</time>'
COUNTS = (
    '<time datetime="2026-12-01T18:30:00+09:00">2026年12月1日 9:30</time>（小金井市では2026年12月1日 18:30）'
)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(Settings())


@pytest.mark.parametrize(
    ("said", "zone", "shown"),
    [
        ("when", "Europe/London", LONDON),
        ("deadline", "Europe/London", COUNTS),
        ("when", "Mars/Olympus", '<time datetime="2026-12-01T18:30:00+09:00">2026年12月1日 18:30</time>'),
    ],
)
async def test_a_time_is_shown_where_its_reader_is(
    renderer: Renderer, said: str, zone: str, shown: str
) -> None:
    with in_zone(zone):
        assert await renderer.own(getattr(renderer, said)(MOMENT), has_furigana=False) == shown


async def test_what_takes_place_in_the_town_has_its_time_and_a_summer_has_its_own(
    renderer: Renderer,
) -> None:
    own = partial(renderer.own, has_furigana=False)
    with in_zone("Europe/London"):
        place = renderer.span(MOMENT, MOMENT + timedelta(hours=2))
        assert await own(place) == place
        assert ">2026年7月1日 10:30<" in await own(renderer.when(MOMENT.replace(month=7)))
        assert renderer.minute(MOMENT) == "2026年12月1日 9:30（イギリス時間）"
        with in_locale("en"):
            assert 'title="Time in Koganei: 1 Dec 2026, 18:30">1 Dec 2026, 09:30<' in await own(
                renderer.when(MOMENT)
            )
    page = "<p>" + renderer.deadline(MOMENT)
    assert own_times(page, "") is page
    assert renderer.minute(MOMENT) == "2026年12月1日 18:30"


def test_every_zone_is_offered_once_under_a_name() -> None:
    names = [zone for _region, places in offered() for zone, _name in places]
    assert sorted(names) == sorted(zones())
    assert {"Asia/Tokyo", "Europe/London", "America/New_York"} <= zones()
    with in_locale("en"):
        assert not [name for _region, places in offered() for _zone, name in places if "Unknown" in name]


async def test_an_account_chooses_its_zone_and_nobody_else_reads_in_it(
    app: Starlette, db: Database, login: Login
) -> None:
    topic, abroad, at_home = await a_topic(db), await an_account(db), await an_account(db)
    await a_post(db, topic=topic, reply_to_id=topic.id)
    app.state.site.kept.hears = lambda: True
    async with visitor(app) as away, visitor(app) as here, visitor(app) as guest:
        for client, reader in ((away, abroad), (here, at_home)):
            client.cookies.set("scripts", "1")
            await login(client, reader.id or 0)
        wrong = await away.post("/account/zone", data={"time_zone": "Asia/Atlantis"})
        assert "time_zone" in problems(parsed(wrong))
        await away.post("/account/zone", data={"time_zone": "Europe/London"})
        await here.post("/account/zone", data={"time_zone": "Asia/Tokyo"})
        assert await _zone_of(db, at_home) is None
        for _ in range(2):
            for client, is_away in ((away, True), (here, False), (guest, False)):
                page = await client.get(f"/topics/{topic.topic_id}")
                assert ("小金井市の時刻：" in page.text, "イギリス時間" in page.text) == (is_away, is_away)
        piece = await away.get(f"/posts/{topic.id}/replies", headers={"X-Requested-With": "fetch"})
        assert "小金井市の時刻：" in piece.text
        chosen = parsed(await away.get("/account")).findall(".//option[@selected]")
        assert [text_of(option) for option in chosen] == ["イギリス時間"]
        await away.post("/account/zone", data={"time_zone": ""})
        assert "小金井市の時刻：" not in (await away.get(f"/topics/{topic.topic_id}")).text


async def test_what_a_socket_tells_has_the_times_of_its_readers(app: Starlette, db: Database) -> None:
    topic, live = await a_topic(db), Live(app.state.site, *[_unused] * 2)
    for zone, is_away in ((None, False), ("Europe/London", True)):
        viewer = Viewer(Actor(time_zone=zone), "ja")
        told = await past_of_topic(live, viewer, str(topic.topic_id), 0)
        assert ("小金井市の時刻：" in told.model_dump_json()) is is_away


_unused: Any = None


async def _zone_of(db: Database, actor: Actor) -> str | None:
    found = await queries.account(db, actor.id or 0)
    assert found is not None
    return found.time_zone
