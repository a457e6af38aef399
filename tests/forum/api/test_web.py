"""/api: what everybody may read, as programs that know Discourse expect it, and nothing else."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Role
from forum.accounts.actions.leaving import leave
from forum.api.queries import latest
from forum.db import Database
from forum.pace.rules import LIMITS
from forum.posts.rules import Edit
from forum.topics.actions import discussing
from forum.topics.rules import POSTS_PER_PAGE, TOPICS_PER_PAGE
from moderation.reviews.actions import masking
from moderation.reviews.acts import Act
from moderation.reviews.masking import Wish
from tests.conftest import Budget, Login, visitor
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_section,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.forum.search.test_finding import Planning, parts_of
from tests.forum.themes.test_themes import a_theme
from tests.forum.topics.test_phases import phased
from tests.forum.topics.test_transfers import transfer
from tests.moderation.proxies.entries import an_entry
from tests.moderation.reviews.test_actions import decide
from tests.moderation.reviews.test_keeping import keep


async def said(client: httpx.AsyncClient, path: str, status: int = 200) -> dict:
    answer = await client.get(f"/api{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.json()


async def test_a_topic_is_told_with_its_posts(client: httpx.AsyncClient, db: Database) -> None:
    author, answerer = await an_account(db), await a_staff_member(db)
    opening = await a_topic(db, author, title="野川の緑", body="**守りたい**。")
    answer = await a_post(db, answerer, topic=opening, body="調べます。", reply_to_id=opening.id)
    told = await said(client, f"/t/野川/{opening.topic_id}.json")
    assert (told["id"], told["title"], told["posts_count"], told["closed"]) == (
        opening.topic_id,
        "野川の緑",
        2,
        False,
    )
    assert told["post_stream"]["stream"] == [opening.id, answer.id]
    first, second = told["post_stream"]["posts"]
    assert (first["cooked"].strip(), first["name"], first["username"]) == (
        "<p><strong>守りたい</strong>。</p>",
        author.pen_name,
        author.pseudonym,
    )
    assert (first["staff"], second["staff"], second["moderator"]) == (False, True, False)
    assert (second["post_number"], second["reply_to_post_number"], first["reply_count"]) == (2, 1, 1)
    assert first["created_at"].endswith("Z")
    assert told["details"]["created_by"]["username"] == author.pseudonym
    assert (await said(client, f"/posts/{opening.id}"))["raw"] == "**守りたい**。"
    assert (await said(client, f"/posts/by_number/{opening.topic_id}/2"))["id"] == answer.id


async def test_lists_go_on_page_by_page(client: httpx.AsyncClient, db: Database) -> None:
    board = await a_board(db)
    made = [(await a_topic(db, board=board)).topic_id for _ in range(TOPICS_PER_PAGE + 2)]
    path, seen = f"/c/{board.slug}/{board.id}.json", []
    while path:
        listed = (await said(client, path))["topic_list"]
        seen += [topic["id"] for topic in listed["topics"]]
        path = listed.get("more_topics_url", "").removeprefix("/api")
    assert seen == made[::-1]
    assert (await said(client, f"/c/{board.slug}/l/latest.json"))["topic_list"]["topics"][0]["id"] == made[-1]
    assert (await said(client, "/latest.json"))["topic_list"]["topics"][0]["id"] == made[-1]


async def test_the_latest_of_all_boards_are_in_the_order_of_their_activity(
    client: httpx.AsyncClient, db: Database
) -> None:
    boards = [await a_board(db) for _ in range(2)]
    made = [await a_topic(db, board=boards[n % 2]) for n in range(TOPICS_PER_PAGE + 4)]
    await keep(db, await a_moderator(db), made[1], Act.PIN)
    await a_post(db, topic=made[0])
    expected = [made[0].topic_id, *[topic.topic_id for topic in made[:0:-1]]]
    pages = [(await said(client, f"/latest.json?page={page}"))["topic_list"]["topics"] for page in range(3)]
    assert [[topic["id"] for topic in page] for page in pages] == [expected[:30], expected[30:], []]
    assert [topic["id"] for page in pages for topic in page if topic["pinned"]] == [made[1].topic_id]


async def test_the_latest_are_found_without_looking_at_all_topics(db: Database) -> None:
    """They were all sorted once, at each asking: with a hundred thousand topics forty times the work."""
    planning = Planning(db._source)
    for other in ("seqscan", "bitmapscan"):
        await db.run(f"set local enable_{other} = off")
    await latest(planning, [1, 2], page=0, limit=TOPICS_PER_PAGE)
    limits = [part for part in parts_of(planning.plan) if part["Node Type"] == "Limit"]
    assert "topics_of_board" in [part.get("Index Name") for limit in limits for part in limit["Plans"]]


async def test_a_long_topic_is_read_in_pages_and_by_the_numbers_of_its_posts(
    client: httpx.AsyncClient, db: Database
) -> None:
    topic = await a_topic(db)
    ids = [topic.id, *[(await a_post(db, topic=topic)).id for _ in range(POSTS_PER_PAGE + 1)]]
    for path, shown in (("", ids[:20]), ("?page=2", ids[20:]), ("/22", ids[20:])):
        told = await said(client, f"/t/{topic.topic_id}{path}")
        assert told["post_stream"]["stream"] == ids
        assert [post["id"] for post in told["post_stream"]["posts"]] == shown
    chosen = await said(
        client, f"/t/{topic.topic_id}/posts.json?post_ids[]={ids[21]}&post_ids[]={ids[3]}&post_ids[]=x"
    )
    assert [post["id"] for post in chosen["post_stream"]["posts"]] == [ids[3], ids[21]]
    for beyond in ("?page=3", "?page=0", "/41", "?page=999999999"):
        assert (await said(client, f"/t/{topic.topic_id}{beyond}", 404))["error_type"] == "not_found"
    newest = (await said(client, f"/posts.json?before={ids[-1]}"))["latest_posts"]
    assert [post["id"] for post in newest[:3]] == ids[-2:-5:-1]


async def test_boards_are_categories(client: httpx.AsyncClient, db: Database) -> None:
    board = await a_board(db)
    told = (await said(client, "/categories.json"))["category_list"]["categories"]
    assert (board.id, board.name, board.slug) in [(one["id"], one["name"], one["slug"]) for one in told]
    assert (await said(client, f"/c/{board.id}/show.json"))["category"]["name"] == board.name
    assert told == (await said(client, "/site.json"))["categories"]
    assert (await said(client, "/about.json"))["about"]["description"] == "小金井市"


async def test_what_was_taken_down_or_back_leaves_its_place_without_words_and_author(
    client: httpx.AsyncClient, db: Database
) -> None:
    author, topic = await an_account(db), await a_topic(db)
    hidden, withdrawn = [await a_post(db, author, topic=topic, body=f"ひみつ{n}") for n in range(2)]
    await decide(db, await a_moderator(db), hidden, Act.HIDE)
    await discussing.withdraw(db, author, withdrawn.id)
    told = await said(client, f"/t/{topic.topic_id}.json")
    assert told["post_stream"]["stream"] == [topic.id, hidden.id, withdrawn.id]
    for number, by_author in ((2, False), (3, True)):
        post = await said(client, f"/posts/by_number/{topic.topic_id}/{number}.json")
        assert (post["hidden"], post["user_deleted"]) == (True, by_author)
        assert (post["cooked"], post["raw"], post["name"], post["username"], post["user_id"]) == (
            "",
            "",
            "",
            "",
            None,
        )
    assert "ひみつ" not in str(told)
    assert [post["id"] for post in (await said(client, "/posts.json"))["latest_posts"]][:1] == [topic.id]


async def test_of_what_waits_and_of_the_staff_room_nobody_learns_whoever_asks(
    app: Starlette, db: Database, login: Login
) -> None:
    clerk, newcomer = await a_staff_member(db), await a_newcomer(db)
    room = await a_board(db, kind="staff")
    inside = await a_topic(db, clerk, board=room, title="内輪の話")
    held = await a_topic(db, newcomer, title="はじめての話", body="はじめまして。")
    waiting = await a_post(db, newcomer, topic=await a_topic(db), body="はじめまして。")
    async with visitor(app) as client:
        await login(client, (await a_moderator(db)).id or 0)
        for path in (
            f"/t/{inside.topic_id}",
            f"/t/{held.topic_id}",
            f"/posts/{inside.id}",
            f"/posts/{held.id}",
            f"/posts/{waiting.id}",
            f"/posts/by_number/{waiting.topic_id}/2",
            f"/c/{room.id}/show",
            f"/c/{room.slug}/l/latest",
        ):
            await said(client, f"{path}.json", 404)
        told = str(
            [
                await said(client, path)
                for path in ("/latest", "/posts", "/categories", "/search?q=はじめまして")
            ]
        )
        assert "内輪" not in told
        assert "はじめ" not in told.replace("'term': 'はじめまして'", "")
        assert (await said(client, f"/t/{waiting.topic_id}"))["post_stream"]["stream"] != [waiting.id]


async def test_a_search_finds_posts_and_their_topics(client: httpx.AsyncClient, db: Database) -> None:
    topic = await a_topic(db, title="ケヤキ並木", body="街路樹を残してほしい。")
    told = await said(client, "/search.json?q=街路樹")
    assert [post["id"] for post in told["posts"]] == told["grouped_search_result"]["post_ids"] == [topic.id]
    assert told["posts"][0]["blurb"] == "街路樹を残してほしい。"
    assert [one["title"] for one in told["topics"]] == ["ケヤキ並木"]
    for little in ("", "?q=", "?q=木"):
        assert (await said(client, f"/search.json{little}", 422))["errors"] != [""]


async def test_a_merged_topic_is_told_as_the_one_that_it_went_to(
    client: httpx.AsyncClient, db: Database
) -> None:
    into, merged = await a_topic(db), await a_topic(db)
    await transfer(db, await a_moderator(db), merged.topic_id, "whole", [], to=f"/topics/{into.topic_id}")
    assert (await said(client, f"/t/{merged.topic_id}.json"))["id"] == into.topic_id


async def test_whoever_left_is_named_as_such(client: httpx.AsyncClient, db: Database) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    async with db.transaction():
        await leave(db, author.id or 0)
    assert (await said(client, f"/posts/{topic.id}"))["name"] == "退会した人"


@pytest.mark.parametrize("path", ["/", "/nowhere.json", "/t/x.json", f"/t/{10**18}.json", "/posts/1.xml"])
async def test_what_is_not_there_is_refused_in_words_that_programs_know(
    client: httpx.AsyncClient, path: str
) -> None:
    told = await said(client, path, 404)
    assert (told["error_type"], len(told["errors"])) == ("not_found", 1)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_programs_write_nothing(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/api/posts/1.json", headers={"Api-Key": "x", "Api-Username": "y"})
    assert (answer.status_code, answer.json()["error_type"]) == (403, "invalid_access")


async def test_whoever_asks_too_fast_is_told_how_long_to_wait(
    client: httpx.AsyncClient, db: Database
) -> None:
    with clock.at(clock.now()):
        answers = [await client.get("/api/about.json") for _ in range(LIMITS["api"].burst + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert answers[-1].json()["extras"] == {"wait_seconds": 1}
    assert answers[-1].headers["retry-after"] == "1"


async def test_everything_takes_few_statements(
    client: httpx.AsyncClient, db: Database, queries: Budget
) -> None:
    topic = await a_topic(db)
    for _ in range(5):
        await a_post(db, topic=topic)
    for path, budget in (
        ("/latest", 4),
        (f"/t/{topic.topic_id}", 5),
        ("/posts", 2),
        (f"/posts/{topic.id}", 3),
    ):
        async with queries(budget):
            await said(client, path)


async def test_of_what_was_taken_down_not_even_what_it_answered_or_when_it_was_edited_is_told(
    client: httpx.AsyncClient, db: Database
) -> None:
    author, topic = await an_account(db), await a_topic(db)
    post = await a_post(db, author, topic=topic, reply_to_id=topic.id)
    edit = Edit(body="直しました。", version=(await the_post(db, post.id)).version)
    with clock.at(clock.now() + timedelta(hours=1)):
        await discussing.edit(db, author, post.id, edit)
    told = await said(client, f"/posts/{post.id}.json")
    assert told["reply_to_post_number"] == 1
    assert told["updated_at"] > told["created_at"]
    await decide(db, await a_moderator(db), post, Act.HIDE)
    told = await said(client, f"/posts/{post.id}.json")
    assert (told["reply_to_post_number"], told["updated_at"]) == (None, told["created_at"])


async def test_a_discussion_whose_time_is_over_is_closed(client: httpx.AsyncClient, db: Database) -> None:
    topic = await phased(db)
    for days, is_closed in ((0, False), (400, True)):
        with clock.at(clock.now() + timedelta(days=days)):
            told = await said(client, f"/t/{topic.topic_id}")
            [row] = (await said(client, "/latest"))["topic_list"]["topics"]
        assert (told["closed"], row["closed"]) == (is_closed, is_closed)


async def test_posts_are_named_by_any_number_that_one_may_have(
    client: httpx.AsyncClient, db: Database
) -> None:
    topic = await a_topic(db)
    await db.run("alter table posts alter column id restart with 100000000000000000")
    answer = await a_post(db, topic=topic)
    told = await said(client, f"/t/{topic.topic_id}/posts?post_ids[]={answer.id}")
    assert [post["id"] for post in told["post_stream"]["posts"]] == [answer.id]


async def test_what_programs_show_as_html_is_html(client: httpx.AsyncClient, db: Database) -> None:
    topic = await a_topic(db, title="<b>街路樹</b>", body="街路樹を`<script>`のように残す。")
    told = await said(client, f"/t/{topic.topic_id}")
    assert (told["title"], told["fancy_title"]) == ("<b>街路樹</b>", "&lt;b&gt;街路樹&lt;/b&gt;")
    [found] = (await said(client, "/search?q=街路樹"))["posts"]
    assert found["blurb"] == "街路樹を&lt;script&gt;のように残す。"


async def test_masked_words_are_told_nowhere(client: httpx.AsyncClient, db: Database) -> None:
    post = await a_topic(db, body="電話は 0421234567 です。")
    wish = Wish(act=Act.MASK, passages="0421234567", rule=1, reason="個人の情報です。", version=post.version)
    await masking.decide(db, await a_moderator(db), post.id, wish)
    told = await said(client, f"/posts/{post.id}")
    assert (told["raw"], told["cooked"].strip()) == (
        "電話は ■■■■■■■■■■ です。",
        "<p>電話は ■■■■■■■■■■ です。</p>",
    )
    for path in (f"/t/{post.topic_id}", f"/t/{post.topic_id}/posts", "/posts", "/latest", "/search?q=電話は"):
        told = str(await said(client, path))
        assert ("0421234567" in told, "■" in told) == (False, path != "/latest")
    assert (await said(client, "/search?q=0421234567"))["posts"] == []


async def test_only_a_clerk_has_the_title_of_a_section(client: httpx.AsyncClient, db: Database) -> None:
    section = await a_section(db)
    clerk, administrator = [
        await an_account(db, role, section_id=section) for role in (Role.STAFF, Role.ADMINISTRATOR)
    ]
    topic = await a_topic(db, board=await a_board(db, section_id=section))
    entered, _receipt = await an_entry(db, clerk, topic)
    posts = [await a_post(db, by, topic=topic) for by in (clerk, administrator)]
    told = [(await said(client, f"/posts/{post.id}"))["user_title"] for post in (*posts, entered)]
    assert (told[0] is None, told[1:]) == (False, [None, None])


async def test_a_post_is_found_by_the_number_that_it_had_before_it_was_transferred(
    client: httpx.AsyncClient, db: Database
) -> None:
    into, merged = await a_topic(db), await a_topic(db)
    for _ in range(POSTS_PER_PAGE):
        await a_post(db, topic=into)
    answer = await a_post(db, topic=merged)
    await transfer(db, await a_moderator(db), merged.topic_id, "whole", [], to=f"/topics/{into.topic_id}")
    assert (await said(client, f"/posts/by_number/{merged.topic_id}/2"))["id"] == answer.id
    shown = (await said(client, f"/t/{merged.topic_id}/2"))["post_stream"]["posts"]
    assert answer.id in [post["id"] for post in shown]
    await said(client, f"/t/{merged.topic_id}/3", 404)
    await said(client, f"/posts/by_number/{merged.topic_id}/{10**17}", 404)


async def test_a_merged_topic_that_was_never_shown_is_nowhere(
    client: httpx.AsyncClient, db: Database
) -> None:
    into, held = await a_topic(db), await a_topic(db, await a_newcomer(db))
    await transfer(db, await a_moderator(db), held.topic_id, "whole", [], to=f"/topics/{into.topic_id}")
    for path in (f"/t/{held.topic_id}", f"/posts/by_number/{held.topic_id}/1", f"/posts/{held.id}"):
        await said(client, path, 404)


async def test_a_search_tells_topics_and_the_passage_that_it_found(
    client: httpx.AsyncClient, db: Database
) -> None:
    topic = await a_topic(db, body="あ" * 200 + "立ち上がる人もいます。")
    await a_theme(db)
    told = await said(client, "/search?q=立ち上がる")
    assert [one["id"] for one in told["topics"]] == [topic.topic_id]
    assert [post["id"] for post in told["posts"]] == told["grouped_search_result"]["post_ids"] == [topic.id]
    assert "立ち上がる人" in told["posts"][0]["blurb"]
    assert "before" in str(await said(client, "/search?q=立ち上がる&page=2", 422))


async def test_whatever_language_somebody_reads_programs_are_told_the_same(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    await a_board(db)
    told = [await said(client, path) for path in ("/categories", "/about")]
    await login(client, (await an_account(db)).id or 0)
    client.cookies.set("locale", "en")
    assert [await said(client, path) for path in ("/categories", "/about")] == told


async def test_a_page_of_another_site_may_ask_with_any_header(client: httpx.AsyncClient) -> None:
    asked = {"Origin": "https://example.com", "Access-Control-Request-Headers": "api-key"}
    answer = await client.options("/api/latest.json", headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "*"


@pytest.mark.parametrize(
    ("method", "path", "status", "headers"),
    [
        ("GET", "/api/t/%00.json", 404, {}),
        ("TRACE", "/api/latest.json", 405, {}),
        ("POST", "/api/posts.json", 413, {"Content-Length": "9000000"}),
        ("POST", "/api/posts.json", 403, {"Sec-Fetch-Site": "cross-site"}),
    ],
)
async def test_what_no_page_was_asked_for_is_refused_in_the_same_words(
    client: httpx.AsyncClient, method: str, path: str, status: int, headers: dict[str, str]
) -> None:
    answer = await client.request(method, path, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json; charset=utf-8")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert len(answer.json()["errors"]) == 1


async def test_a_database_that_is_away_and_a_mistake_of_ours_are_told_in_the_same_words(
    app: Starlette, db: Database
) -> None:
    async with visitor(app, raises=False) as client:
        for error, status in ((ConnectionRefusedError(), 503), (ZeroDivisionError(), 500)):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(db, "rows", failing(error))
                answer = await client.get("/api/latest.json")
            assert (answer.status_code, len(answer.json()["errors"])) == (status, 1)
            assert answer.headers["content-type"] == "application/json; charset=utf-8"


def failing(error: Exception) -> Callable[..., Awaitable[None]]:
    async def fail(*args: object, **named: object) -> None:
        raise error

    return fail
