"""Coming back to a topic: what is new, where it begins, and what a reader keeps."""

import re

import httpx
import pytest
from starlette.applications import Starlette

from forum.boards import queries as boards
from forum.db import Database
from forum.posts.reacting import Kind, Press
from forum.posts.rules import Post
from forum.topics.actions import responding
from forum.topics.web import returning
from tests import judging
from tests.conftest import Budget, Login, visitor
from tests.factories import a_moderator, a_newcomer, a_post, a_staff_member, a_topic, an_account
from tests.pages import leaves, links, parsed, text_of

SCRIPTS = {"X-Requested-With": "fetch"}


async def a_long_topic(db: Database, replies: int = 24) -> tuple[Post, list[Post]]:
    author = await an_account(db)
    topic = await a_topic(db, author, title="長い話")
    return topic, [await a_post(db, author, topic=topic) for _ in range(replies)]


async def test_without_scripts_a_page_that_was_sent_is_read(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    topic, replies = await a_long_topic(db)
    address = f"/topics/{topic.topic_id}"
    await login(client, (await an_account(db)).id or 0)
    first = await client.get(address)
    assert "最初の未読へ" not in first.text
    assert "ここから未読" not in first.text, "everything is new to somebody who has not begun"
    again = await client.get(address)
    assert "最初の未読へ（5件）" in again.text
    place = await client.get(f"{address}/unread")
    assert place.headers["location"] == f"{address}?page=2#unread"
    second = await client.get(f"{address}?page=2")
    assert second.text.index("ここから未読") < second.text.index(f'id="post-{replies[19].id}"')
    assert second.text.index("ここから未読") > second.text.index('id="posts"')
    assert "最初の未読へ" not in (await client.get(address)).text
    last = await client.get(f"{address}/unread", follow_redirects=True)
    assert last.url.query == b"page=2", "who has read everything goes on where they were"


async def test_with_scripts_only_what_was_on_the_screen_is_read_and_never_less(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    topic, _ = await a_long_topic(db)
    address = f"/topics/{topic.topic_id}"
    await login(client, (await an_account(db)).id or 0)
    client.cookies.set("scripts", "1")
    await client.get(address)
    assert "ここから未読" not in (await client.get(address)).text
    for number, unread in ((5, 20), (3, 20), (12, 13)):
        told = await client.post(f"{address}/read", data={"number": str(number)}, headers=SCRIPTS)
        assert told.status_code == 204
        assert f"最初の未読へ（{unread}件）" in (await client.get(address)).text
    assert (await client.post(f"{address}/read", data={"number": "0"})).status_code == 422
    await client.post(f"{address}/read", data={"number": "999999"}, headers=SCRIPTS)
    later = await a_post(db, topic=topic)
    assert "最初の未読へ（1件）" in (await client.get(address)).text, (
        f"#{later.number} was not read before it was"
    )


async def test_unread_topics_are_listed_for_their_reader_alone(
    app: Starlette, db: Database, login: Login
) -> None:
    """Own posts and what is held are not news."""
    topic, reader, newcomer = (
        await a_topic(db, title="川辺の話"),
        await an_account(db),
        await a_newcomer(db),
    )
    board = await boards.board_by_id(db, topic.board_id)
    assert board is not None
    pages = ("/unread", "/", f"/boards/{board.slug}")
    async with visitor(app) as mine, visitor(app) as other:
        await login(mine, reader.id or 0)
        await login(other, (await an_account(db)).id or 0)
        await mine.get(f"/topics/{topic.topic_id}")
        await a_post(db, reader, topic=topic)
        held = await a_post(db, newcomer, topic=topic)
        mark = f'data-topic-{topic.topic_id}="1"'
        assert "未読の投稿はありません" in (await mine.get("/unread")).text
        await judging.approve(db, await a_moderator(db), held.id)
        assert "川辺の話" in text_of(parsed(await mine.get("/unread")))
        for page in pages[1:]:
            assert mark in (await mine.get(page)).text
            assert mark not in (await other.get(page)).text
        assert "川辺の話" not in text_of(parsed(await other.get("/unread")))


async def test_unread_topics_go_on_page_by_page_to_their_end(
    client: httpx.AsyncClient, db: Database, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returning, "TOPICS_MAX", 2)
    await login(client, (await an_account(db)).id or 0)
    topics = [await a_topic(db) for _ in range(5)]
    for topic in topics:
        await client.get(f"/topics/{topic.topic_id}")
        await a_post(db, topic=topic)
    listed = [
        [link.get("href") for link in leaf.iterfind(".//h2/a")] async for leaf in leaves(client, "/unread")
    ]
    newest = [f"/topics/{topic.topic_id}/unread" for topic in reversed(topics)]
    assert listed == [newest[:2], newest[2:4], newest[4:]]


async def test_whoever_leaves_the_staff_loses_their_unread_topics_there(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk = await a_staff_member(db)
    topic = await a_topic(db, await a_staff_member(db), title="職員の話")
    await db.run("update boards set kind = 'staff' where id = :id", id=topic.board_id)
    await login(client, clerk.id or 0)
    await client.get(f"/topics/{topic.topic_id}")
    await a_post(db, await a_staff_member(db), topic=topic)
    assert "職員の話" in (await client.get("/unread")).text
    await db.run("update accounts set role = 'resident' where id = :id", id=clerk.id)
    assert "職員の話" not in (await client.get("/unread")).text


async def test_a_number_leads_to_its_post_or_the_nearest(client: httpx.AsyncClient, db: Database) -> None:
    topic, replies = await a_long_topic(db, 22)
    held = await a_post(db, await a_newcomer(db), topic=topic)
    last = replies[21]
    for number, post in ((1, topic), (22, replies[20]), (held.number, last), (10**9, last), (10**17, last)):
        place = await client.get(f"/topics/{topic.topic_id}/at?number={number}")
        assert place.headers["location"].endswith(f"#post-{post.id}")


async def test_bookmarks_are_their_owners_alone(app: Starlette, db: Database, login: Login) -> None:
    post, reader = await a_post(db, body="とっておきたい言葉"), await an_account(db)
    address = f"/posts/{post.id}/bookmark"
    async with visitor(app) as mine, visitor(app) as other:
        assert (await other.get(address)).headers["location"].startswith("/login")
        await login(mine, reader.id or 0)
        await login(other, (await an_account(db)).id or 0)
        await mine.post(address, data={"note": "会合で話す"})
        await mine.post(address, data={"note": "次の会合で話す"})
        kept = text_of(parsed(await mine.get("/bookmarks")))
        assert "次の会合で話す" in kept
        assert "とっておきたい言葉" in kept
        assert f'data-done="{post.id}/bookmark"' in (await mine.get(f"/topics/{post.topic_id}")).text
        assert "会合" not in (await other.get("/bookmarks")).text
        await judging.hide(db, await a_moderator(db), post.id)
        kept = text_of(parsed(await mine.get("/bookmarks")))
        assert "とっておきたい言葉" not in kept
        assert "次の会合で話す" in kept
        await mine.post(f"{address}/remove")
        assert "会合" not in (await mine.get("/bookmarks")).text


async def test_a_reader_costs_a_topic_page_few_statements(
    client: httpx.AsyncClient, db: Database, login: Login, queries: Budget
) -> None:
    topic, replies = await a_long_topic(db)
    await login(client, (await an_account(db)).id or 0)
    for page in ("", "?page=2"):
        async with queries(6):
            found = await client.get(f"/topics/{topic.topic_id}{page}")
    assert re.search(rf'href="/posts/{replies[-1].id}/bookmark"', found.text)
    assert f"/posts/{replies[-1].id}" in links(parsed(found))


async def test_a_topic_at_a_glance_tells_what_everybody_may_read(
    client: httpx.AsyncClient, db: Database
) -> None:
    topic, replies = await a_long_topic(db, 21)
    newcomer, reader = await a_newcomer(db), await an_account(db)
    await a_post(db, newcomer, topic=topic)
    await responding.react(db, reader, replies[3].id, Press(kind=Kind.INSIGHT))
    for fragment in ({}, SCRIPTS):
        glance = await client.get(f"/topics/{topic.topic_id}/summary", headers=fragment)
        words = text_of(parsed(glance)) if not fragment else glance.text
        assert "1人の22件" in words
        assert newcomer.pen_name not in words
        assert f'<a href="/posts/{replies[3].id}">#5' in glance.text
        assert glance.text.count("data-last=") == 2
    first = await client.get(f"/topics/{topic.topic_id}")
    assert 'type="range" name="number" min="1" max="23" value="1"' in first.text
