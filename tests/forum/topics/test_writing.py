"""Starting, replying, quoting, editing, withdrawing and steering, with and without scripts."""

from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.boards import actions as keeping
from forum.boards import queries as boards
from forum.db import Database
from forum.pace.rules import LIMITS
from forum.posts.queries import posts
from forum.posts.rules import Draft, Edit
from forum.topics import queries as topics
from forum.topics.actions import discussing, steering
from forum.topics.pacing import SENT_AGAIN_WITHIN
from tests.conftest import Budget, Login, visitor
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_topic,
    an_account,
    the_post,
)
from tests.pages import parsed, problems, text_of, values

SCRIPT = {"X-Requested-With": "fetch"}
WORDS = "夜も歩ける道に。\n\n<b>街灯</b> & ベンチを"


@pytest.fixture
async def resident(client: httpx.AsyncClient, db: Database, login: Login) -> Actor:
    """The one who is logged in."""
    actor = await an_account(db)
    await login(client, actor.id or 0)
    return actor


async def test_a_topic_is_started(client: httpx.AsyncClient, db: Database, resident: Actor) -> None:
    board = await a_board(db)
    form = await client.get(f"/boards/{board.slug}/topics/new")
    assert {"title", "body"} <= set(values(parsed(form)))
    page = await client.post(f"/boards/{board.slug}/topics", data={"title": "夜道", "body": WORDS})
    assert page.status_code == 303
    topic = parsed(await client.get(page.headers["location"]))
    assert text_of(next(topic.iter("h1"))) == "夜道"
    assert "<b>街灯</b>" in text_of(topic)  # as typed: no HTML comes through


async def test_a_topic_that_is_sent_again_is_there_once(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    board, other = await a_board(db), await a_board(db)

    async def sent(slug: str, **data: str) -> str:
        page = await client.post(f"/boards/{slug}/topics", data={"title": "夜道", "body": WORDS, **data})
        return page.headers["location"]

    first = await sent(board.slug)
    assert await sent(board.slug) == first
    others = [
        await sent(other.slug),
        await sent(board.slug, title="朝の道"),
        await sent(board.slug, body="直した。"),
    ]
    with clock.at(clock.now() + SENT_AGAIN_WITHIN):
        others.append(await sent(board.slug, body="直した。"))
    assert len({first, *others}) == 5


async def test_a_reply_takes_few_statements(db: Database, queries: Budget) -> None:
    """What begins and ends a transaction, and the jobs that it asks for, come on top."""
    opening, author = await a_topic(db), await an_account(db)
    await a_post(db, author, topic=opening)
    async with queries(5):
        await discussing.reply(db, author, opening.topic_id, Draft(body="賛成です。"))
    async with queries(12):
        await discussing.reply(db, author, opening.topic_id, Draft(body="反対です。", reply_to_id=opening.id))


async def test_a_reply_that_is_sent_again_is_there_once(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    """Whoever got no answer to it cannot know that it arrived. Also where one waits for one's turn."""
    topic, now = await a_topic(db), clock.now()
    await steering.slow(db, await a_moderator(db), topic.topic_id, minutes=1, until=now + timedelta(days=1))

    async def sent(after: timedelta, **data: str | int) -> str:
        with clock.at(now + after):
            page = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": WORDS, **data})
        return page.headers.get("location", str(page.status_code))

    minute = timedelta(minutes=1)
    first = await sent(minute)
    assert await sent(minute) == first
    assert await sent(minute, body="ほかの話です。") == "429"
    assert await sent(minute, reply_to_id=topic.id) == "429", "to somebody else it is another one"
    other = await sent(minute * 3, reply_to_id=topic.id)
    again = await sent(minute * 5)
    assert len({first, other, again}) == 3, "something was said in between"
    await discussing.withdraw(db, resident, int(again.rpartition("/")[2]))
    anew = await sent(minute * 7)
    assert anew != again, "what was taken back may be said again"
    assert await sent(minute * 7 + SENT_AGAIN_WITHIN) != anew


async def test_the_first_topic_of_a_newcomer_waits(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    board, newcomer = await a_board(db), await a_newcomer(db)
    await login(client, newcomer.id or 0)
    form = await client.get(f"/boards/{board.slug}/topics/new")
    assert "はじめての投稿は、担当者が確認してから公開します。" in text_of(parsed(form))
    page = await client.post(f"/boards/{board.slug}/topics", data={"title": "夜道", "body": WORDS})
    address = page.headers["location"]
    assert "確認待ち" in (await client.get(address)).text
    async with visitor(app) as other:
        assert (await other.get(address)).status_code == 404


async def test_who_keeps_the_board_is_not_told_to_wait_and_does_not(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    board = await a_board(db)
    topic, keeper = await a_topic(db, board=board), await a_newcomer(db)
    await keeping.give_role(db, board.id, keeper.id or 0, "facilitator")
    await login(client, keeper.id or 0)
    for address in (f"/boards/{board.slug}/topics/new", f"/topics/{topic.topic_id}"):
        assert "はじめての投稿は" not in (await client.get(address)).text
    sent = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": WORDS})
    assert "確認待ち" not in (await client.get(sent.headers["location"], follow_redirects=True)).text


async def test_a_reply_leads_to_its_place(client: httpx.AsyncClient, db: Database, resident: Actor) -> None:
    topic = await a_topic(db)
    page = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": WORDS})
    assert page.status_code == 303
    there = await client.get(page.headers["location"])
    assert there.headers["location"].startswith(f"/topics/{topic.topic_id}?page=1#post-")


async def test_a_script_gets_the_post_that_everyone_gets(
    client: httpx.AsyncClient, app: Starlette, db: Database, resident: Actor
) -> None:
    topic = await a_topic(db)
    fragment = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": WORDS}, headers=SCRIPT)
    assert fragment.status_code == 201
    async with visitor(app) as other:
        assert fragment.text.strip() in (await other.get(f"/topics/{topic.topic_id}")).text


async def test_a_script_gets_a_held_post_too(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    topic, newcomer = await a_topic(db), await a_newcomer(db)
    await login(client, newcomer.id or 0)
    fragment = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": WORDS}, headers=SCRIPT)
    assert fragment.status_code == 201
    assert "確認待ち" in fragment.text
    assert "夜も歩ける道に。" in fragment.text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ""),
        (" \n\u3000", " \n\u3000"),
        ("長" * 4001, "長" * 4001),
        ("改行\r\nばかり" * 1000, "改行\nばかり" * 1000),
        ("a\0b", "a\ufffdb"),
        ("\u202e逆さ", "\ufffd逆さ"),
        ("%FF", None),
        ("x" + "\u0301" * 10_000, "x" + "\u0301" * 10_000),
    ],
    ids=["empty", "blank", "long", "long lines", "NUL", "override", "not UTF-8", "marks"],
)
async def test_a_refused_reply_comes_back_as_typed(
    client: httpx.AsyncClient, db: Database, resident: Actor, typed: str, shown: str | None
) -> None:
    topic = await a_topic(db)
    if shown is None:
        body, headers = b"body=%FF%FE", {"Content-Type": "application/x-www-form-urlencoded"}
        page = await client.post(f"/topics/{topic.topic_id}/replies", content=body, headers=headers)
        shown = "\ufffd\ufffd"
    else:
        page = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": typed})
    assert page.status_code == 422
    tree = parsed(page)
    assert list(problems(tree)) == ["body"]
    assert values(tree)["body"].removeprefix("\n") == shown.removeprefix("\n")
    assert len(await posts.numbered(db, topic.topic_id, 1, 9, viewer_id=None, sees_held=True)) == 1


async def test_a_title_says_what_is_wrong_with_it(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    board = await a_board(db)
    for title in ("", "短", "長" * 81, "二\n行", "a\0b"):
        page = await client.post(f"/boards/{board.slug}/topics", data={"title": title, "body": WORDS})
        assert page.status_code == 422
        assert list(problems(parsed(page))) == ["title"], title
        assert values(parsed(page))["body"] == WORDS


async def test_who_writes_too_fast_waits_and_loses_nothing(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic, pace = await a_topic(db), LIMITS["post"]
    with clock.at(clock.now()):
        for n in range(pace.burst):
            assert (
                await client.post(f"/topics/{topic.topic_id}/replies", data={"body": f"{n}"})
            ).status_code == 303
        page = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": WORDS})
    assert page.status_code == 429
    seconds = int(page.headers["retry-after"])
    assert f"{seconds}秒" in text_of(parsed(page))
    assert values(parsed(page))["body"] == WORDS
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        assert (
            await client.post(f"/topics/{topic.topic_id}/replies", data={"body": WORDS})
        ).status_code == 303


async def test_who_edits_too_fast_overwrites_nothing_that_was_saved_meanwhile(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    post = await a_post(db, resident)
    there = f"/posts/{post.id}/edit"
    with clock.at(clock.now()):
        for n in range(LIMITS["post"].burst):
            await client.post(f"/topics/{post.topic_id}/replies", data={"body": f"{n}"})
        await discussing.edit(db, resident, post.id, Edit(body="もう一つの画面で", version=post.version))
        waits = await client.post(there, data={"body": WORDS, "version": str(post.version)})
    assert waits.status_code == 429
    assert values(parsed(waits))["version"] == str(post.version)
    assert "もう一つの画面で" not in waits.text
    with clock.at(clock.now() + timedelta(seconds=int(waits.headers["retry-after"]))):
        page = await client.post(there, data=values(parsed(waits)) | {"body": WORDS})
    assert page.status_code == 409
    assert "もう一つの画面で" in page.text
    assert values(parsed(page))["version"] != str(post.version)


async def test_a_reply_that_comes_too_late_is_refused_and_not_lost(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic = await a_topic(db)
    await steering.lock(db, await a_moderator(db), topic.topic_id)
    page = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": WORDS})
    assert page.status_code == 403
    assert "この話題の受付は終わりました。" in text_of(parsed(page))
    assert "ベンチを" in text_of(parsed(page))


async def test_whoever_was_logged_out_while_writing_loses_nothing(
    client: httpx.AsyncClient, db: Database
) -> None:
    topic, board = await a_topic(db), await a_board(db)
    for url, typed in (
        (f"/topics/{topic.topic_id}/replies", {"body": WORDS}),
        (f"/boards/{board.slug}/topics", {"title": "夜道", "body": WORDS}),
        (f"/posts/{topic.id}/edit", {"body": WORDS, "version": "1"}),
    ):
        page = await client.post(url, data=typed)
        assert page.status_code == 403
        assert "ログインしてください。" in text_of(parsed(page))
        assert "ベンチを" in text_of(parsed(page))


async def test_a_quote_names_its_source_and_holds_none_of_its_quotes(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    post = await a_post(db, body="> ほかの人の言葉\n\n一行目\n\n二行目")
    page = parsed(await client.get(f"/topics/{post.topic_id}", params={"quote": post.id}))
    view = await posts.view(db, post.id)
    assert view is not None
    assert values(page)["body"].strip() == f"> [{view.pen_name} #2](/posts/{post.id})\n> 一行目\n>\n> 二行目"
    assert values(page)["reply_to_id"] == str(post.id)


async def test_a_pen_name_full_of_markup_is_quoted_as_it_is(
    client: httpx.AsyncClient, app: Starlette, db: Database, resident: Actor
) -> None:
    author = await an_account(db)
    name = "](//e.test)*[_`<i>\\"
    await db.run("update accounts set pen_name = :name where id = :id", name=name, id=author.id)
    post = await a_post(db, author)
    quoting = parsed(await client.get(f"/topics/{post.topic_id}", params={"quote": post.id}))
    reply = await client.post(f"/topics/{post.topic_id}/replies", data=values(quoting))
    page = parsed(await client.get(reply.headers["location"], follow_redirects=True))
    quotes = [link for quote in page.iter("blockquote") for link in quote.iter("a")]
    assert [(link.get("href"), text_of(link)) for link in quotes] == [(f"/posts/{post.id}", f"{name} #2")]


async def test_an_answer_says_what_it_answers(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    post = await a_post(db)
    page = parsed(await client.get(f"/topics/{post.topic_id}", params={"reply_to": post.id}))
    await client.post(f"/topics/{post.topic_id}/replies", data=values(page) | {"body": WORDS})
    assert "#2への返信" in text_of(parsed(await client.get(f"/topics/{post.topic_id}")))


async def test_an_answer_to_a_post_of_another_topic_answers_none(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic, elsewhere = await a_topic(db), await a_post(db)
    form = {"body": WORDS, "reply_to_id": str(elsewhere.id)}
    assert (await client.post(f"/topics/{topic.topic_id}/replies", data=form)).status_code == 303
    assert "への返信" not in text_of(parsed(await client.get(f"/topics/{topic.topic_id}")))


async def test_an_edit_starts_from_the_words_as_typed(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    post = await a_post(db, resident, body=WORDS)
    form = values(parsed(await client.get(f"/posts/{post.id}/edit")))
    assert form["body"] == WORDS
    page = await client.post(f"/posts/{post.id}/edit", data=form | {"body": "書き直した文"})
    assert (page.status_code, page.headers["location"]) == (303, f"/posts/{post.id}")
    topic = parsed(await client.get(f"/topics/{post.topic_id}"))
    assert "書き直した文" in text_of(topic)
    assert "編集済み" in text_of(topic)


async def test_of_two_edits_the_second_sees_both_texts(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    post = await a_post(db, resident, body="はじめの文")
    form = values(parsed(await client.get(f"/posts/{post.id}/edit")))
    await discussing.edit(db, resident, post.id, Edit(body="別の窓の文", version=post.version))
    page = await client.post(f"/posts/{post.id}/edit", data=form | {"body": "この窓の文"})
    assert page.status_code == 409
    assert "別の窓の文" in text_of(parsed(page))
    again = values(parsed(page))
    assert again["body"] == "この窓の文"
    assert (await client.post(f"/posts/{post.id}/edit", data=again)).status_code == 303
    assert (await the_post(db, post.id)).raw == "この窓の文"


async def test_nobody_edits_or_withdraws_the_post_of_another(
    client: httpx.AsyncClient, app: Starlette, db: Database, resident: Actor, login: Login
) -> None:
    post = await a_post(db, body="そのままの文")
    async with visitor(app) as moderating:
        await login(moderating, (await a_moderator(db)).id or 0)
        for visiting in (client, moderating):
            for path in ("edit", "withdraw"):
                assert (await visiting.get(f"/posts/{post.id}/{path}")).status_code == 403
                form = {"body": "別の文", "version": "1"}
                assert (await visiting.post(f"/posts/{post.id}/{path}", data=form)).status_code == 403
    assert (await the_post(db, post.id)).raw == "そのままの文"


async def test_withdrawing_asks_first(client: httpx.AsyncClient, db: Database, resident: Actor) -> None:
    post = await a_post(db, resident, body="取り消す言葉")
    assert "取り消す言葉" in text_of(parsed(await client.get(f"/posts/{post.id}/withdraw")))
    page = await client.post(f"/posts/{post.id}/withdraw")
    assert page.status_code == 303
    assert "取り消す言葉" not in (await client.get(page.headers["location"])).text
    assert (await client.post(f"/posts/{post.id}/withdraw")).status_code == 403  # it is gone already


async def test_a_facilitator_pins_a_topic(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    board = await a_board(db)
    topic = await a_topic(db, board=board)
    await login(client, (await a_facilitator(db, board)).id or 0)
    address = f"/topics/{topic.topic_id}"
    for act, status, pinned in (("pin", 303, True), ("pin", 409, True), ("unpin", 303, False)):
        page = await client.post(f"{address}/keep", data={"act": act, "reason": "大切な話題です。"})
        assert page.status_code == status
        assert (">固定</span>" in (await client.get(address)).text) == pinned


async def test_a_moderator_moves_a_topic(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    topic, to = await a_topic(db), await a_board(db)
    await login(client, (await a_moderator(db)).id or 0)
    address = f"/topics/{topic.topic_id}/keep"
    form = parsed(await client.get(address))
    [boards] = [choice for choice in form.iter("select") if choice.get("name") == "board_id"]
    offered = {option.get("value") for option in boards.iter("option")}
    assert (str(to.id) in offered, str(topic.board_id) in offered) == (True, False)
    wish = {"act": "move", "reason": "環境の話題です。", "board_id": str(to.id)}
    assert (await client.post(address, data={**wish, "reason": ""})).status_code == 422
    assert (await client.post(address, data=wish)).status_code == 303
    found = await topics.topic(db, topic.topic_id)
    assert found is not None
    assert found.board_slug == to.slug
    assert "環境の話題です。" in (await client.get("/moderation/log?act=move")).text


@pytest.mark.parametrize(
    ("board_id", "status"), [("0", 404), ("x", 422), ("9" * 30, 422), ("999999999", 404)]
)
async def test_a_topic_moves_to_no_board_that_is_not_there(
    client: httpx.AsyncClient, db: Database, login: Login, board_id: str, status: int
) -> None:
    topic = await a_topic(db)
    await login(client, (await a_moderator(db)).id or 0)
    wish = {"act": "move", "reason": "x", "board_id": board_id}
    page = await client.post(f"/topics/{topic.topic_id}/keep", data=wish)
    assert page.status_code == status
    assert (await the_post(db, topic.id)).board_id == topic.board_id


async def test_residents_and_guests_steer_nothing(
    client: httpx.AsyncClient, app: Starlette, db: Database, resident: Actor
) -> None:
    topic = await a_topic(db)
    board = await boards.board_by_id(db, topic.board_id)
    assert board is not None
    async with visitor(app) as guest:
        for visiting in (client, guest):
            for act in ("lock", "pin", "move"):
                form = {"act": act, "reason": "x", "board_id": str(board.id)}
                assert (await visiting.post(f"/topics/{topic.topic_id}/keep", data=form)).status_code == 403
