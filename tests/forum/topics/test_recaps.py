"""Summaries at the head of a topic: posts like others, written by those who keep the board, linked to what they name."""

from dataclasses import replace

import httpx
import pytest

from forum.db import Database
from forum.errors import Forbidden
from forum.posts.queries.posts import view
from forum.posts.rules import Edit
from forum.topics.actions import discussing
from forum.topics.actions.recapping import sum_up
from forum.topics.heads import RECAP_FRESH_FOR
from forum.topics.queries.recaps import recap_of
from forum.topics.recapping import Recap, with_citations
from tests import judging
from tests.conftest import Login
from tests.factories import a_board, a_facilitator, a_moderator, a_post, a_topic, an_account, the_post
from tests.forum.topics.test_phases import now_of


@pytest.mark.parametrize(
    ("html", "linked"),
    [
        ("<p>#3と＃12</p>", {3, 12}),
        ("<p>C#3 &#39; /#4 #五 #1234567 #5a</p>", set()),
        ('<p><a href="/x">#3</a> <code>#4</code></p><pre>#5</pre><p>#6</p>', {6}),
    ],
)
async def test_numbers_of_posts_become_links(db: Database, html: str, linked: set[int]) -> None:
    post = await view(db, (await a_topic(db)).id)
    assert post is not None
    found = with_citations(replace(post, html=html)).html
    assert {
        n for n in range(1, 20) if f'<a href="/topics/{post.topic_id}/at?number={n}">#{n}</a>' in found
    } == linked


async def test_the_newest_summary_that_everybody_may_read_stands_at_the_head(db: Database) -> None:
    board = await a_board(db)
    keeper, topic = await a_facilitator(db, board), await a_topic(db, board=board)
    with pytest.raises(Forbidden):
        await sum_up(db, await an_account(db), topic.topic_id, Recap(body="まとめます。"))
    assert await recap_of(db, await now_of(db, topic)) is None
    first = await sum_up(db, keeper, topic.topic_id, Recap(body="#1から始まりました。"))
    for _ in range(RECAP_FRESH_FOR + 1):
        await a_post(db, topic=topic)
    found = await now_of(db, topic)
    assert (found.recap_id, found.recap_upto, found.recap_is_old) == (first, 1, True)
    # New words speak of everything before them.
    version = (await the_post(db, first)).version
    await discussing.edit(db, keeper, first, Edit(body="#1と#5。", version=version))
    found = await now_of(db, topic)
    assert (found.recap_upto, found.recap_is_old) == (RECAP_FRESH_FOR + 3, False)
    second = await sum_up(db, keeper, topic.topic_id, Recap(body="新しいまとめです。"))
    assert (await now_of(db, topic)).recap_id == second
    await judging.hide(db, await a_moderator(db), second)
    shown = await recap_of(db, await now_of(db, topic))
    assert shown
    assert (shown.id, shown.recap) == (first, True)
    await discussing.withdraw(db, keeper, first)
    assert await recap_of(db, await now_of(db, topic)) is None


async def test_whoever_presses_twice_sums_up_once(db: Database) -> None:
    board = await a_board(db)
    keeper, topic = await a_facilitator(db, board), await a_topic(db, board=board)
    first = await sum_up(db, keeper, topic.topic_id, Recap(body="#1から始まりました。"))
    assert await sum_up(db, keeper, topic.topic_id, Recap(body="#1から始まりました。")) == first
    assert await sum_up(db, keeper, topic.topic_id, Recap(body="#1だけです。")) != first


async def test_a_summary_is_written_on_its_page_and_read_at_the_head(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    board = await a_board(db)
    keeper, topic = await a_facilitator(db, board), await a_topic(db, board=board)
    place = f"/topics/{topic.topic_id}"
    await login(client, (await an_account(db)).id or 0)
    assert (await client.get(f"{place}/recap")).status_code == 403
    await login(client, keeper.id or 0)
    assert "まとめを載せる" in (await client.get(f"{place}/recap")).text
    assert (await client.post(f"{place}/recap", data={"body": ""})).status_code == 422
    sent = await client.post(f"{place}/recap", data={"body": "**二つ**の意見が出ました（#1）。"})
    assert sent.headers["location"] == place
    page = (await client.get(place)).text
    assert "ここまでのまとめ（#1まで）" in page
    assert f'（<a href="{place}/at?number=1">#1</a>）' in page
    assert "のまとめ（#2）を直す" in (await client.get(f"{place}/recap")).text
    assert "#2 ここまでのまとめ</title>" in (await client.get(f"{place}/feed.atom")).text
