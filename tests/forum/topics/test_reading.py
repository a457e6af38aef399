"""Home, boards and topics, as those who read meet them."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import GUEST
from forum.boards import queries as boards
from forum.boards.rules import Board
from forum.db import Database
from forum.live import Viewer
from forum.posts.rules import Edit, Post
from forum.topics import rules
from forum.topics.actions import discussing, steering
from forum.topics.live import past_of_topic
from tests import judging
from tests.conftest import Budget, Login, visitor
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.pages import actions, links, parsed, text_of, values

# The whole page of twenty ordinary posts, before compression: a telephone on the train reads it.
TOPIC_PAGE_BYTES = 60_000
PARAGRAPH = "野川の遊歩道は朝の散歩に欠かせません。けれども夕方は暗く、子どもだけで歩かせるのは心配です。" * 3


async def posts_on(client: httpx.AsyncClient, url: str) -> list[int]:
    """The numbers of the posts on a page of a topic."""
    page = await client.get(url)
    assert page.status_code == 200
    return [int(number) for number in re.findall(r'<article class="post[^>]*data-order="(\d+)"', page.text)]


async def test_home_shows_boards_and_their_latest_topics(client: httpx.AsyncClient, db: Database) -> None:
    topic = await a_topic(db, title="野川の緑")
    page = parsed(await client.get("/"))
    assert f"/topics/{topic.topic_id}" in links(page)
    assert "野川の緑" in text_of(page)


async def test_the_staff_room_is_for_staff(app: Starlette, db: Database, login: Login) -> None:
    room = await a_board(db, "staff")
    topic = await a_topic(db, await a_staff_member(db), board=room)
    addresses = [
        f"/boards/{room.slug}",
        f"/boards/{room.slug}/topics/new",
        f"/topics/{topic.topic_id}",
        f"/posts/{topic.id}",
    ]
    for actor, status in ((None, 404), (await a_moderator(db), 404), (await a_staff_member(db), 200)):
        async with visitor(app) as client:
            if actor is not None:
                await login(client, actor.id or 0)
            assert (f"/boards/{room.slug}" in links(parsed(await client.get("/")))) == (status == 200)
            for url in addresses:
                assert (await client.get(url, follow_redirects=True)).status_code == status, url


async def test_a_board_is_paged_without_gaps(client: httpx.AsyncClient, db: Database) -> None:
    """Pinned topics first, then by latest activity, also where many share one moment."""
    board, moderator = await a_board(db), await a_moderator(db)
    made = []
    for n in range(2 * rules.TOPICS_PER_PAGE + 5):
        with clock.at(datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=n // 10)):
            made.append((await a_topic(db, moderator, board=board)).topic_id)
    pinned = made[7]
    await steering.pin(db, moderator, pinned)
    met: list[int] = []
    url: str | None = f"/boards/{board.slug}"
    while url:
        page = await client.get(url)
        met += [int(number) for number in re.findall(r'<li class="topic-row" id="topic-(\d+)"', page.text)]
        older = re.search(r'rel="next" href="([^"]*)"', page.text)
        url = older[1] if older else None
    assert met == [pinned, *sorted((number for number in made if number != pinned), reverse=True)]


@pytest.mark.parametrize(
    "key", ["x", "1", "1_2_3", "2_1.000000_1", "1_1.0_1", "1_1.000000_-1", "1_1.000000_1_1"]
)
async def test_a_broken_place_in_a_list_is_not_found(
    client: httpx.AsyncClient, db: Database, key: str
) -> None:
    board = await a_board(db)
    assert (await client.get(f"/boards/{board.slug}?before={key}")).status_code == 404


async def test_a_topic_is_paged_by_number(client: httpx.AsyncClient, db: Database) -> None:
    topic, author = await a_topic(db), await an_account(db)
    for _ in range(44):
        await a_post(db, author, topic=topic)
    address = f"/topics/{topic.topic_id}"
    assert await posts_on(client, address) == list(range(1, 21))
    assert await posts_on(client, f"{address}?page=2") == list(range(21, 41))
    assert await posts_on(client, f"{address}?page=3") == list(range(41, 46))
    assert await posts_on(client, f"{address}?page=last") == list(range(41, 46))


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "１", "1.0", "01e1", "9" * 30])
async def test_a_page_that_a_topic_does_not_have_is_not_found(
    client: httpx.AsyncClient, db: Database, page: str
) -> None:
    topic = await a_topic(db)
    assert (await client.get(f"/topics/{topic.topic_id}", params={"page": page})).status_code == 404


async def test_the_address_of_a_post_leads_to_its_place(client: httpx.AsyncClient, db: Database) -> None:
    topic, author = await a_topic(db), await an_account(db)
    for _ in range(20):
        post = await a_post(db, author, topic=topic)
    answer = await client.get(f"/posts/{post.id}")
    assert answer.headers["location"] == f"/topics/{topic.topic_id}?page=2#post-{post.id}"


async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    for url in (
        "/topics/999999999",
        "/posts/999999999",
        "/boards/nowhere",
        "/nowhere",
        "/posts/999999999/revisions",
    ):
        page = await client.get(url)
        assert page.status_code == 404, url
        assert {"/", "/search"} <= links(parsed(page))


async def test_a_held_topic_exists_for_its_author_and_moderators_only(
    app: Starlette, db: Database, login: Login
) -> None:
    author = await a_newcomer(db)
    topic = await a_topic(db, author, title="はじめての話題")
    for actor, known in (
        (None, False),
        (await an_account(db), False),
        (author, True),
        (await a_moderator(db), True),
    ):
        async with visitor(app) as client:
            if actor is not None:
                await login(client, actor.id or 0)
            page = await client.get(f"/topics/{topic.topic_id}")
            assert page.status_code == (200 if known else 404)
            assert ("確認待ち" in page.text) == known
            board = await client.get(f"/boards/{(await board_of(db, topic)).slug}")
            assert ("はじめての話題" in board.text) == known


async def test_a_held_reply_is_nothing_to_others(app: Starlette, db: Database, login: Login) -> None:
    author, topic = await a_newcomer(db), await a_topic(db)
    held = await a_post(db, author, topic=topic, body="はじめての返信")
    await a_post(db, topic=topic)
    for actor, numbers in ((None, [1, 3]), (author, [1, 2, 3]), (await a_moderator(db), [1, 2, 3])):
        async with visitor(app) as client:
            if actor is not None:
                await login(client, actor.id or 0)
            assert await posts_on(client, f"/topics/{topic.topic_id}") == numbers
            known = 2 in numbers
            page = await client.get(f"/topics/{topic.topic_id}")
            assert ("はじめての返信" in page.text) == known
            for url in (f"/posts/{held.id}", f"/posts/{held.id}/revisions"):
                assert (await client.get(url, follow_redirects=True)).status_code == (200 if known else 404)


async def test_a_hidden_post_leaves_a_tombstone(app: Starlette, db: Database, login: Login) -> None:
    author = await an_account(db)
    post = await a_post(db, author, body="消された言葉")
    await judging.hide(db, await a_moderator(db), post.id)
    for actor, reads in (
        (None, False),
        (await an_account(db), False),
        (author, True),
        (await a_moderator(db), True),
    ):
        async with visitor(app) as client:
            if actor is not None:
                await login(client, actor.id or 0)
            page = await client.get(f"/topics/{post.topic_id}")
            assert "非公開にしました" in page.text
            assert ("消された言葉" in page.text) == reads
            assert (f'class="post tombstone" id="post-{post.id}"' in page.text) == (not reads)
            history = await client.get(f"/posts/{post.id}/revisions")
            assert history.status_code == (200 if reads else 403)


async def test_a_withdrawn_post_is_gone_from_the_thread_for_everyone(
    app: Starlette, db: Database, login: Login
) -> None:
    author = await an_account(db)
    post = await a_post(db, author, body="取り消す言葉")
    await discussing.withdraw(db, author, post.id)
    for actor in (None, author, await a_moderator(db)):
        async with visitor(app) as client:
            if actor is not None:
                await login(client, actor.id or 0)
            page = await client.get(f"/topics/{post.topic_id}")
            assert "書いた人が取り下げました" in page.text
            assert "取り消す言葉" not in page.text


async def test_a_page_is_the_same_for_every_reader_but_for_its_frame(
    app: Starlette, db: Database, login: Login
) -> None:
    """The posts mention no viewer, so a cache or a socket may hand them to anybody."""
    post = await a_post(db)
    seen = set()
    for actor in (None, await an_account(db), await a_moderator(db)):
        async with visitor(app) as client:
            if actor is not None:
                await login(client, actor.id or 0)
            page = (await client.get(f"/topics/{post.topic_id}")).text
            seen.add(page[page.index('<article class="post') : page.rindex("</article>")])
    assert len(seen) == 1


async def test_history_shows_every_version_and_what_changed(client: httpx.AsyncClient, db: Database) -> None:
    author = await an_account(db)
    post = await a_post(db, author, body="橋は**赤い**。")
    await discussing.edit(db, author, post.id, Edit(body="橋は青い。", version=post.version))
    page = parsed(await client.get(f"/posts/{post.id}/revisions"))
    newest, first = [text_of(article) for article in page.iter("article")]
    assert "橋は" in newest
    assert [text_of(piece) for piece in page.iter("ins")]
    assert [text_of(piece) for piece in page.iter("del")]
    assert "橋は**赤い**。" in first
    now = await the_post(db, post.id)
    assert now.sha256 in newest
    assert post.sha256 in first


async def test_buttons_are_shown_to_those_who_may_press_them(
    app: Starlette, db: Database, login: Login
) -> None:
    board = await a_board(db)
    topic, facilitator = await a_topic(db, board=board), await a_facilitator(db, board)
    reply, lock = f"/topics/{topic.topic_id}/replies#compose", f"/topics/{topic.topic_id}/keep"
    for actor, buttons in (
        (None, set()),
        (await an_account(db), {reply}),
        (await a_facilitator(db, await a_board(db)), {reply}),
        (facilitator, {reply, lock}),
        (await a_moderator(db), {reply, lock}),
    ):
        async with visitor(app) as client:
            if actor is not None:
                await login(client, actor.id or 0)
            page = await client.get(f"/topics/{topic.topic_id}")
            found = parsed(page)
            assert {*actions(found), *links(found)} & {reply, lock} == buttons


async def test_a_locked_topic_says_so_instead_of_asking_for_a_reply(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    topic, moderator = await a_topic(db), await a_moderator(db)
    await steering.lock(db, moderator, topic.topic_id)
    await login(client, (await an_account(db)).id or 0)
    page = parsed(await client.get(f"/topics/{topic.topic_id}"))
    assert "この話題の受付は終わりました。" in text_of(page)
    assert "body" not in values(page)


async def test_pages_of_the_room_take_few_statements(
    client: httpx.AsyncClient, db: Database, login: Login, queries: Budget
) -> None:
    """One for the reader and one for each kind of thing on the page, however many of it there are."""
    topic, reader = await a_topic(db), await a_moderator(db)
    board = await board_of(db, topic)
    for _ in range(60):
        await a_post(db, reader, topic=topic)
    for _ in range(5):
        await a_topic(db, reader, board=board)
        await a_topic(db, reader)
    async with queries(7):
        await client.get("/")
    async with queries(3):
        await client.get(f"/boards/{board.slug}")
    for page in ("", "?page=2", "?page=last"):
        async with queries(3):
            await client.get(f"/topics/{topic.topic_id}{page}")
    await login(client, reader.id or 0)
    async with queries(6):
        await client.get(f"/topics/{topic.topic_id}?page=2")


async def test_a_page_of_twenty_posts_is_light(client: httpx.AsyncClient, db: Database) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author, body=PARAGRAPH)
    for _ in range(19):
        await a_post(db, author, topic=topic, body=PARAGRAPH)
    page = await client.get(f"/topics/{topic.topic_id}", headers={"Accept-Encoding": "identity"})
    assert page.text.count("<article") == 20
    assert len(page.content) < TOPIC_PAGE_BYTES


async def board_of(db: Database, post: Post) -> Board:
    board = await boards.board_by_id(db, post.board_id)
    assert board is not None
    return board


@pytest.mark.parametrize(
    "page", ["/topics/{topic}/summary", "/posts/{post}/revisions", "/posts/{post}/report"]
)
async def test_an_english_page_says_which_of_its_words_are_japanese(
    client: httpx.AsyncClient, db: Database, login: Login, page: str
) -> None:
    post = await a_topic(db, title="野川の緑", body="守りたい。")
    client.cookies.set("locale", "en")
    await login(client, (await an_account(db)).id or 0)
    content = (await client.get(page.format(topic=post.topic_id, post=post.id))).text.split("<main", 1)[1]
    assert f'<a href="/topics/{post.topic_id}"><span lang="ja">野川の緑</span></a>' in content
    assert '<a href="/">Boards</a>' in content
    if "posts" in page:
        assert re.search(r'<(\w+) class="[^"]*" lang="ja">(?:(?!</\1>).)*守りたい。', content, re.DOTALL)


async def test_what_was_shown_leaves_its_place_while_it_is_held_again(
    app: Starlette, client: httpx.AsyncClient, db: Database
) -> None:
    topic, moderator = await a_topic(db), await a_moderator(db)
    post, new = [
        await a_post(db, by, topic=topic, body="直す前の言葉") for by in (None, await a_newcomer(db))
    ]
    answer = await a_post(db, topic=topic, reply_to_id=post.id)
    await judging.hide(db, moderator, post.id)
    for one in (post, new):
        await judging.return_to_author(db, moderator, one.id)
    assert [(await the_post(db, one.id)).state for one in (post, new)] == ["held", "held"]

    place = f"/topics/{topic.topic_id}"
    assert await posts_on(client, place) == [1, post.number, answer.number]
    page = await client.get(place)
    assert "直す前の言葉" not in page.text
    assert f"/moderation/log?post={post.id}" in links(parsed(page))
    # The link of the answer leads to the sign that is left.
    assert f"/posts/{post.id}" in links(parsed(page))
    assert (await client.get(f"/posts/{post.id}")).headers["location"] == f"{place}?page=1#post-{post.id}"
    beside = await client.get(f"/posts/{post.id}", headers={"X-Requested-With": "fetch"})
    assert "この投稿は公開されていません。" in beside.text
    assert (await client.get(f"/posts/{post.id}/revisions")).status_code == 403
    assert (await client.get(f"/posts/{new.id}")).status_code == 404
    past = repr(await past_of_topic(app.state.live, Viewer(GUEST, "ja"), str(topic.topic_id), 0))
    assert f'id="post-{post.id}"' in past
    assert f'id="post-{new.id}"' not in past
    assert "直す前の言葉" not in past


async def test_an_answer_leads_to_no_post_of_which_its_readers_may_not_know(
    client: httpx.AsyncClient, db: Database
) -> None:
    topic, moderator = await a_topic(db), await a_moderator(db)
    held = await a_post(db, await a_newcomer(db), topic=topic)
    await a_post(db, moderator, topic=topic, reply_to_id=held.id)
    place = f"/topics/{topic.topic_id}"
    assert f"/posts/{held.id}" not in links(parsed(await client.get(place)))
    await judging.approve(db, moderator, held.id)
    assert f"#{held.number}への返信" in (await client.get(place)).text
