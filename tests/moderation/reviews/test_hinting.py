"""What a moderator sees of the hints: where they are, why, and which posts say the same. They change nothing."""

import httpx
import pytest

from forum.access import Actor
from forum.db import Database
from forum.posts.rules import State
from tests.conftest import Login
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_staff_member, a_topic, the_post
from tests.pages import parsed, text_of

BODY = "連絡は090-1234-5678まで。\n見てください https://example.com/shop <b>!!!!!!</b>"
CALL = "駅前の桜並木を切らないでください。工事の計画をもう一度見直してほしいです。"


@pytest.fixture
async def moderator(client: httpx.AsyncClient, db: Database, login: Login) -> Actor:
    actor = await a_moderator(db)
    await login(client, actor.id or 0)
    return actor


async def _hints(client: httpx.AsyncClient, post_id: int) -> str | None:
    tree = parsed(await client.get(f"/queue/{post_id}"))
    section = next((node for node in tree.iter("section") if node.get("aria-labelledby") == "hints"), None)
    return None if section is None else text_of(section)


async def test_passages_are_marked_with_their_kind_and_evidence(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    post = await a_topic(db, await a_newcomer(db), body=BODY)
    tree = parsed(await client.get(f"/queue/{post.id}"))
    marks = [text_of(mark) for mark in tree.iter("mark")]
    assert {"090-1234-5678", "https://example.com/shop", "!!!!!!"} <= set(marks)
    shown = await _hints(client, post.id)
    assert shown is not None
    for words in ("電話番号", "携帯電話の番号", "はじめての人のリンク", "強い調子"):
        assert words in shown


async def test_a_hint_changes_no_state(client: httpx.AsyncClient, db: Database, moderator: Actor) -> None:
    post = await a_post(db, body=BODY * 3)
    await _hints(client, post.id)
    after = await the_post(db, post.id)
    assert (after.state, after.raw, after.version) == (State.VISIBLE, BODY * 3, post.version)


async def test_recent_posts_that_say_the_same_are_named(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    first = await a_post(db, body=CALL)
    near = await a_post(db, body="わたしの意見です。" + CALL)
    copy = await a_post(db, body="- 駅前の　桜並木を切らないで下さい！\n- 工事の計画をもう一度見直して欲しい")
    shown = await _hints(client, copy.id)
    assert shown is not None
    assert "同じ文章" in shown
    assert "似た文章" in shown
    assert f'href="/posts/{first.id}"' in (await client.get(f"/queue/{copy.id}")).text
    assert near.id != first.id


async def test_a_copy_in_a_room_that_others_may_not_read_stays_secret(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    staff = await a_board(db, "staff")
    await a_topic(db, await a_staff_member(db), board=staff, body=CALL)
    await a_topic(db, await a_newcomer(db), body=CALL)  # held, on a board of others
    assert await _hints(client, (await a_post(db, body=CALL)).id) is None


async def test_an_ordinary_post_has_no_hints(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    assert await _hints(client, (await a_post(db, body="賛成です。")).id) is None
