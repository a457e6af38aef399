"""Feeds of topics and boards: public words only, the same ids for ever, and nothing sent twice."""

from xml.etree import ElementTree

import httpx
import pytest

from forum.db import Database
from forum.posts.rules import Edit
from forum.topics.actions import discussing
from tests import judging
from tests.conftest import Budget, Login
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
)

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def entries(answer: httpx.Response) -> list[tuple[str, str, str]]:
    """(id, title, words) of each, the newest first."""
    root = ElementTree.fromstring(answer.content)  # noqa: S314  (our own)
    return [
        tuple(entry.findtext(f"a:{name}", "", ATOM) for name in ("id", "title", "content"))
        for entry in root.findall("a:entry", ATOM)
    ]


@pytest.mark.parametrize("kind", ["topic", "board"])
async def test_a_feed_holds_the_newest_posts_that_everybody_may_read(
    client: httpx.AsyncClient, db: Database, login: Login, queries: Budget, kind: str
) -> None:
    board, author, moderator = await a_board(db), await an_account(db), await a_moderator(db)
    topic = await a_topic(db, author, board=board, title="野川 & <緑>", body="**守り**たい。")
    shown = await a_post(db, topic=topic, body="賛成です。")
    hidden = await a_post(db, topic=topic, body="ないしょの悪口")
    await judging.hide(db, moderator, hidden.id)
    await a_post(db, await a_newcomer(db), topic=topic, body="ないしょの最初")
    await a_topic(db, await a_newcomer(db), board=board, title="ないしょの話題")
    await login(client, moderator.id or 0)
    place = f"/topics/{topic.topic_id}" if kind == "topic" else f"/boards/{board.slug}"
    async with queries(4):
        feed = await client.get(f"{place}/feed.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert [(one, title) for one, title, _words in entries(feed)] == [
        (f"http://127.0.0.1:8000/posts/{shown.id}", "野川 & <緑> #2"),
        (f"http://127.0.0.1:8000/posts/{topic.id}", "野川 & <緑> #1"),
    ]
    assert entries(feed)[1][2].strip() == "<p><strong>守り</strong>たい。</p>"
    assert "ないしょ" not in feed.text
    assert f'href="{place}/feed.atom"' in (await client.get(place)).text
    assert (await client.get(f"/feeds{place}.atom")).content == feed.content


async def test_a_feed_that_is_known_is_not_sent_again_until_words_change(
    client: httpx.AsyncClient, db: Database
) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    url = f"/topics/{topic.topic_id}/feed.atom"
    first = await client.get(url)
    known = {"If-None-Match": f'"other", {first.headers["etag"]}'}
    assert "GMT" in first.headers["last-modified"]
    again = await client.get(url, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    await discussing.edit(db, author, topic.id, Edit(body="もっと守りたい。", version=topic.version))
    changed = await client.get(url, headers=known)
    assert changed.status_code == 200
    assert [one for one, _title, _words in entries(changed)] == [
        one for one, _title, _words in entries(first)
    ]
    await judging.hide(db, await a_moderator(db), topic.id)
    gone = await client.get(url, headers={"If-None-Match": changed.headers["etag"]})
    assert gone.status_code == 200
    assert entries(gone) == []
    assert "野川" not in gone.text


async def test_the_staff_room_has_no_feed(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    clerk, room = await a_staff_member(db), await a_board(db, "staff")
    topic = await a_topic(db, clerk, board=room)
    held = await a_topic(db, await a_newcomer(db))
    await login(client, clerk.id or 0)
    for place in (f"/boards/{room.slug}", f"/topics/{topic.topic_id}", f"/topics/{held.topic_id}"):
        assert (await client.get(f"{place}/feed.atom")).status_code == 404
    assert "feed.atom" not in (await client.get(f"/boards/{room.slug}")).text
