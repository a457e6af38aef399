"""The queue is kept, not asked for: after whatever anybody does, it says what posts and reports say."""

import asyncio
from datetime import timedelta

import pytest

from forum import clock
from forum.db import Database, connected
from forum.posts.rules import Edit
from forum.topics.actions import discussing, steering
from moderation.reviews import proofs
from moderation.reviews.acts import Act
from moderation.reviews.queries import queue, recount
from moderation.reviews.views import View
from tests.factories import a_board, a_moderator, a_newcomer, a_post, actor, an_account
from tests.moderation.reviews.test_actions import a_post_that_is, decide, report


async def items_of(db: Database, post_id: int) -> list[tuple[str, bool, int]]:
    rows = await db.rows("select kind, open, reporters from review_items where post_id = :id", id=post_id)
    return [tuple(row) for row in rows]


async def test_a_post_that_waits_again_opens_its_item_again(db: Database) -> None:
    newcomer, moderator = await a_newcomer(db), await a_moderator(db)
    held = await a_post(db, newcomer)
    assert await items_of(db, held.id) == [("held", True, 0)]
    await decide(db, moderator, held, Act.RETURN)
    assert await items_of(db, held.id) == [("held", False, 0)]
    await discussing.edit(db, newcomer, held.id, Edit(body="直しました。", version=held.version + 1))
    assert await items_of(db, held.id) == [("held", True, 0)]
    await decide(db, moderator, held, Act.APPROVE)
    assert await items_of(db, held.id) == [("held", False, 0)]
    for reporters in (1, 2):
        await report(db, held)
        assert await items_of(db, held.id) == [("reported", True, reporters)]
    await decide(db, moderator, held, Act.HIDE)
    assert await items_of(db, held.id) == [("reported", False, 0)]


async def test_what_comes_back_from_its_author_waits_a_day_from_then(db: Database) -> None:
    newcomer, written = await a_newcomer(db), clock.now()
    held = await a_post(db, newcomer)
    with clock.at(written + timedelta(days=3)):
        await decide(db, await a_moderator(db), held, Act.RETURN)
    with clock.at(written + timedelta(days=4)):
        await discussing.edit(db, newcomer, held.id, Edit(body="直しました。", version=held.version + 1))
    with clock.at(written + timedelta(days=5)):
        await discussing.edit(db, newcomer, held.id, Edit(body="また直す。", version=held.version + 2))
    row = await db.row("select opened_at, due_at from review_items where post_id = :id", id=held.id)
    assert row is not None
    assert tuple(row) == (written + timedelta(days=4), written + timedelta(days=5))
    assert await recount.discrepancies(db) == []


async def test_what_nobody_has_to_look_at_has_no_item(db: Database) -> None:
    post = await a_post(db)
    await discussing.edit(db, await actor(db, post.author_id), post.id, Edit(body="直す。", version=1))
    await decide(db, await a_moderator(db), post, Act.HIDE)
    assert await items_of(db, post.id) == []


async def test_a_moved_topic_takes_its_items_along(db: Database) -> None:
    there = await a_board(db)
    post = await a_post_that_is(db, "reported")
    await steering.move(db, await a_moderator(db), post.topic_id, there.id)
    [item] = await queue.page(db, await a_moderator(db), View(), limit=10)
    assert item.board_name == there.name
    assert await recount.discrepancies(db) == []


async def test_reports_at_the_same_moment_make_one_item_that_counts_them_all(own_database: str) -> None:
    async with connected(own_database) as db:
        post, reporters = await a_post(db), [await an_account(db) for _ in range(8)]
        await asyncio.gather(*(report(db, post, reporter) for reporter in reporters))
        assert await items_of(db, post.id) == [("reported", True, 8)]
        assert await recount.discrepancies(db) == []


# what is done behind the back of the program -> what is said of it
TAMPERED = {
    "delete from review_items where post_id = {held}": "post {held}: waits for a moderator, and is not in the queue",
    "update review_items set open = false where post_id = {reported}":
        "post {reported}: waits for a moderator, and is not in the queue",
    "update posts set state = 'visible' where id = {held}": "post {held}: is in the queue, and waits for nothing",
    "delete from reports where post_id = {reported}": "post {reported}: is in the queue, and waits for nothing",
    "update review_items set due_at = due_at + interval '1 year' where post_id = {held}":
        "post {held}: is in the queue as something else than it is",
    "update review_items set board_id = null where post_id = {reported}":
        "post {reported}: is in the queue as something else than it is",
    "update review_items set author_id = null where post_id = {reported}":
        "post {reported}: is in the queue as something else than it is",
}  # fmt: skip


@pytest.mark.parametrize("sql", TAMPERED)
async def test_an_item_that_does_not_match_is_found_and_named(db: Database, sql: str) -> None:
    posts = {state: (await a_post_that_is(db, state)).id for state in ("held", "reported", "visible")}
    await db.run("set local session_replication_role = replica")
    await db.run(sql.format(**posts))
    await db.run("set local session_replication_role = origin")
    assert TAMPERED[sql].format(**posts) in [line async for line in proofs.mismatches(db)]
