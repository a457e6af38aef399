"""The page of what somebody has said: what everybody may read, and not a word more."""

import re

import httpx
from starlette.applications import Starlette

from forum.access import Role
from forum.db import Database
from forum.following import actions as following
from forum.following.rules import Level
from forum.people import queries, web
from forum.topics.actions import discussing
from tests import judging
from tests.conftest import Login, visitor
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_staff_member, a_topic, an_account
from tests.pages import links, parsed


async def test_it_shows_what_everybody_may_read(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, moderator, staff = await an_account(db), await a_moderator(db), await a_staff_member(db)
    here = f"/people/{author.pseudonym}"
    assert (await client.get(here)).status_code == 404
    topic = await a_topic(db, author, title="池の水", body="はじまり")
    hidden, withdrawn, shown = [
        await a_post(db, author, body=body) for body in ("隠す", "取り消す", "みえる")
    ]
    room = await a_board(db, "staff")
    await judging.hide(db, moderator, hidden.id)
    await discussing.withdraw(db, author, withdrawn.id)
    newcomer = await a_newcomer(db)
    await a_topic(db, newcomer, body="まだ読まれていない")
    await a_topic(db, staff, board=room, body="内輪の話")
    async with visitor(app) as reader:
        await login(reader, moderator.id or 0)
        for asking in (client, reader):  # the same for everybody
            page = await asking.get(here)
            assert [word for word in ("はじまり", "隠す", "取り消す", "みえる") if word in page.text] == [
                "はじまり",
                "みえる",
            ]
            for unknown in (newcomer.pseudonym, staff.pseudonym, "p-x", author.pen_name):
                assert (await asking.get(f"/people/{unknown}")).status_code == 404
    assert '<meta name="robots" content="noindex">' in page.text
    assert "みえる" not in (await client.get(f"{here}?only=topics")).text
    thread = await client.get(f"/topics/{topic.topic_id}")
    assert here in links(parsed(thread))
    # A topic whose opening was taken back keeps its replies, and loses its title.
    await a_post(db, author, topic=topic, body="続き")
    await discussing.withdraw(db, author, topic.id)
    page = await client.get(here)
    assert "続き" in page.text
    assert "池の水" not in page.text
    assert shown.id


async def test_it_goes_on_where_it_left_off(client: httpx.AsyncClient, db: Database) -> None:
    author = await an_account(db, Role.STAFF)
    topic = await a_topic(db, author)
    posts = [topic.id] + [(await a_post(db, author, topic=topic)).id for _ in range(web.PAGE)]
    first = await client.get(f"/people/{author.pseudonym}")
    (older,) = re.findall(r'href="(\?before=\d+)"', first.text)
    second = await client.get(f"/people/{author.pseudonym}{older}")
    seen = [re.findall(r'id="post-(\d+)"', page.text) for page in (first, second)]
    assert [int(number) for page in seen for number in page] == posts[::-1]
    assert (await client.get(f"/people/{author.pseudonym}?before=x")).status_code == 404
    assert await queries.person(db, "") is None


async def test_what_somebody_watches_is_on_one_page_with_the_buttons_that_change_it(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    here = "/account/following"
    assert (await client.get(here)).headers["location"] == f"/login?next={here}"
    reader, moderator, staff = await an_account(db), await a_moderator(db), await a_staff_member(db)
    board, room = await a_board(db), await a_board(db, "staff")
    written, taken_down = [
        await a_topic(db, board=board, title=title) for title in ("書いた話題", "消えた話題")
    ]
    for topic in (written, taken_down):
        await a_post(db, reader, topic=topic)
    inside = await a_topic(db, staff, board=room, title="内輪の話題")
    await following.follow_topic(db, reader.id or 0, inside.topic_id, Level.WATCH)
    await judging.hide(db, moderator, taken_down.id)
    await login(client, reader.id or 0)
    mute = {"level": "mute", "next": here}
    for address in (f"/topics/{written.topic_id}", f"/boards/{board.slug}"):
        assert (await client.post(f"{address}/following", data=mute)).headers["location"] == here
    away = await client.post(f"/boards/{board.slug}/following", data=mute | {"next": "//example.com/"})
    assert away.headers["location"] == f"/boards/{board.slug}#following"
    page = (await client.get(here)).text
    assert [word for word in ("書いた話題", "消えた話題", "内輪の話題", board.name) if word in page] == [
        "書いた話題",
        board.name,
    ]
    pressed = re.findall(r'value="(\w+)" aria-pressed="true"', page)
    assert sorted(pressed) == ["mute", "mute", "watch"]
    assert (await client.get(f"{here}?page=2")).status_code == 200
    for address in (here, "/bookmarks"):
        assert (await client.get(f"{address}?page={'9' * 18}")).status_code == 404
