"""/search as a visitor sees it."""

import re
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.db import Database
from forum.pace.rules import LIMITS
from tests import judging
from tests.conftest import Budget, Login, visitor
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_staff_member, a_topic, an_account


async def test_the_empty_box_is_a_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/search")
    assert page.status_code == 200
    assert 'name="q"' in page.text


async def test_a_hit_leads_to_the_post_and_marks_the_words(client: httpx.AsyncClient, db: Database) -> None:
    post = await a_post(db, body="野川の<b>緑</b>を守る")
    page = await client.get("/search", params={"q": "を守る"})
    assert f'href="/posts/{post.id}"' in page.text
    assert "野川の&lt;b&gt;緑&lt;/b&gt;<mark>を守る</mark>" in page.text


async def test_nothing_found_says_so_with_what_was_typed(client: httpx.AsyncClient) -> None:
    page = await client.get("/search", params={"q": "<script>見つからない"})
    assert page.status_code == 200
    assert "「&lt;script&gt;見つからない」" in page.text


@pytest.mark.parametrize("question", ["あ", "あ" * 101, "\ufffd\ufffd", "a\u202eb"])
async def test_what_cannot_be_looked_for_is_refused_as_typed(
    client: httpx.AsyncClient, question: str
) -> None:
    page = await client.get("/search", params={"q": question})
    assert page.status_code == 422
    assert 'id="error-q"' in page.text


@pytest.mark.parametrize("raw", [b"%ED%A0%80%ED%A0%81", b"%FF%FE"])
async def test_bytes_that_are_no_text_are_refused(client: httpx.AsyncClient, raw: bytes) -> None:
    assert (await client.get(f"/search?q={raw.decode()}")).status_code == 422


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "１"])
async def test_a_page_that_no_link_leads_to_is_not_found(client: httpx.AsyncClient, before: str) -> None:
    assert (await client.get(f"/search?q=%E9%87%8E%E5%B7%9D&before={quote(before)}")).status_code == 404


async def test_older_hits_are_a_page_away(client: httpx.AsyncClient, db: Database) -> None:
    topic = await a_topic(db, body="野川の水")
    for _ in range(20):
        await a_post(db, topic=topic, body="野川の水")
    page = await client.get("/search", params={"q": "野川の水"})
    assert page.text.count("<mark>") == 20
    older = page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    last = await client.get(older)
    assert last.text.count("<mark>") == 1
    assert f'href="/posts/{topic.id}"' in last.text


async def test_a_reply_under_a_hidden_opening_keeps_the_title_to_itself(
    client: httpx.AsyncClient, db: Database
) -> None:
    opening = await a_topic(db, title="秘密の題名")
    await a_post(db, topic=opening, body="公開の返信")
    await judging.hide(db, await a_moderator(db), opening.id)
    page = await client.get("/search", params={"q": "公開の返信"})
    assert "<mark>公開の返信</mark>" in page.text
    assert "秘密の題名" not in page.text


async def test_a_page_of_hits_takes_few_statements(
    client: httpx.AsyncClient, db: Database, queries: Budget
) -> None:
    for _ in range(5):
        await a_post(db, body="野川の水")
    async with queries(4):
        await client.get("/search", params={"q": "野川の水"})


async def test_searching_has_a_pace(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    with clock.at(clock.now()):
        for _ in range(LIMITS["search"].burst):
            assert (await client.get("/search?q=%E9%87%8E%E5%B7%9D")).status_code == 200
        page = await client.get("/search?q=%E9%87%8E%E5%B7%9D")
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) >= 1
    assert "野川" in page.text
    async with visitor(app) as other:
        moderator = await a_moderator(db)
        assert moderator.id is not None
        await login(other, moderator.id)
        assert (await other.get("/search?q=%E9%87%8E%E5%B7%9D")).status_code == 200


async def test_fields_narrow_the_search_for_who_types_no_filters(
    client: httpx.AsyncClient, db: Database
) -> None:
    board = await a_board(db)
    topic = await a_topic(db, board=board, title="玉川上水の柵", body="玉川の柵")
    await a_post(db, body="玉川の柵")
    fields = {
        "q": "玉川",
        "board": board.slug,
        "since": "2020-01-01",
        "until": f"{clock.now() + timedelta(days=1):%Y-%m-%d}",
        "order": "relevance",
    }
    page = await client.get("/search", params=fields)
    assert f'href="/posts/{topic.id}"><mark>玉川</mark>上水の柵' in page.text
    assert page.text.count('<li class="row') == 1
    assert "使用中</span>" in page.text
    assert f'<option value="{board.slug}" selected>' in page.text


async def test_pages_keep_the_fields(client: httpx.AsyncClient, db: Database) -> None:
    topic = await a_topic(db, title="玉川", body="玉川の柵")
    for _ in range(20):
        await a_post(db, topic=topic, body="玉川の柵と玉川")
    page = await client.get("/search", params={"q": "玉川", "since": "2020-01-01", "order": "relevance"})
    older = page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert (await client.get(older)).text.count('<li class="row') == 1
    assert (await client.get(re.sub("score=[0-9]+", f"score={'9' * 18}", older))).status_code == 404


async def test_a_filter_that_cannot_be_followed_is_told(client: httpx.AsyncClient, db: Database) -> None:
    page = await client.get("/search", params={"q": '野川 board:"<b>" author:いません before:昨日'})
    assert page.status_code == 200
    for told in ("「&lt;b&gt;」という会議室", "「いません」という名前", "「昨日」は日付として"):
        assert told in page.text
    alone = await client.get("/search", params={"q": "before:2026-99"})
    assert alone.status_code == 422
    assert "「2026-99」は日付として" in alone.text


async def test_somebody_whose_post_waits_sees_that_it_does(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    newcomer = await a_newcomer(db)
    await a_post(db, newcomer, topic=await a_topic(db), body="公開を待つ言葉")
    await login(client, newcomer.id or 0)
    assert "公開前</span>" in (await client.get("/search", params={"q": "待つ言葉"})).text


async def test_names_are_offered_to_those_who_may_know_them(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    staff, author = await a_staff_member(db), await an_account(db)
    room = await a_board(db, "staff")
    inside = await a_topic(db, staff, board=room, title="市民の相談窓口")
    shown = await a_topic(db, author, title="100%市民の庭")
    await a_topic(db, await a_newcomer(db), title="市民の秘密")

    async def offered(who: httpx.AsyncClient, typed: str) -> list[str]:
        return re.findall(r'href="([^"]*)"', (await who.get("/search/suggestions", params={"q": typed})).text)

    assert await offered(client, "市民の") == [f"/topics/{shown.topic_id}"]
    assert await offered(client, "0%") == [f"/topics/{shown.topic_id}"]
    assert await offered(client, author.pen_name) == ["/search?author=" + quote(author.pen_name)]
    assert await offered(client, staff.pen_name) == await offered(client, room.name) == []
    for typed in ("市", "", "\ufffd", '"' * 500, "%_"):
        assert await offered(client, typed) == []
    async with visitor(app) as colleague:
        await login(colleague, staff.id or 0)
        assert await offered(colleague, "市民の相談") == [f"/topics/{inside.topic_id}"]
        assert await offered(colleague, room.name) == [f"/boards/{room.slug}"]
        assert await offered(colleague, staff.pen_name) == ["/search?author=" + quote(staff.pen_name)]


async def test_people_are_found_by_the_mark_before_a_name_in_any_width(
    client: httpx.AsyncClient, db: Database
) -> None:
    author = await an_account(db)
    await a_topic(db, author, body="池の水")
    for typed in (author.pen_name, f"@{author.pen_name}", f"＠{author.pen_name}", f"＠ {author.pen_name}"):
        page = await client.get("/search", params={"author": typed})
        assert page.text.count('<li class="row') == 1
