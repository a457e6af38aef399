"""Discussing, steering and judging, on the database and through the real rules."""

import pytest

from forum import clock
from forum.access import Actor
from forum.accounts.queries import identity
from forum.db import Database
from forum.errors import Conflict, Forbidden, NotFound
from forum.following import queries as following
from forum.following.rules import Level
from forum.notifications import queries as notifications
from forum.posts.proofs import is_genuine, mismatches
from forum.posts.queries import posts, revisions
from forum.posts.rules import Edit, State
from forum.topics import queries
from forum.topics.actions import discussing, steering
from forum.topics.actions.rendering import render_anew
from tests import judging
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    actor,
    an_account,
    the_post,
)


async def test_posts_are_numbered_without_gaps(db: Database) -> None:
    topic = await a_topic(db)
    numbers = [(await a_post(db, topic=topic)).number for _ in range(3)]
    assert [topic.number, *numbers] == [1, 2, 3, 4]


async def test_every_act_takes_the_next_change_number(db: Database) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    reply = await a_post(db, author, topic=topic)
    await discussing.edit(db, author, reply.id, Edit(body="やはり反対です。", version=reply.version))
    await discussing.withdraw(db, author, reply.id)
    found = await queries.topic(db, topic.topic_id)
    assert found is not None
    assert (topic.change, reply.change) == (1, 2)
    assert ((await the_post(db, reply.id)).change, found.changes) == (4, 4)


async def test_the_first_post_of_a_newcomer_is_held(db: Database) -> None:
    assert (await a_post(db, await a_newcomer(db))).state == State.HELD


async def test_an_edit_makes_a_revision_and_keeps_the_old_one(db: Database) -> None:
    author = await an_account(db)
    post = await a_post(db, author, body="はじめの文")
    assert await discussing.edit(db, author, post.id, Edit(body="あとの文", version=post.version))
    history = await revisions.of_post(db, post.id)
    assert [revision.raw for revision in history] == ["はじめの文", "あとの文"]
    assert all(is_genuine(revision) for revision in history)


async def test_an_edit_that_changes_nothing_makes_no_revision(db: Database) -> None:
    author = await an_account(db)
    post = await a_post(db, author, body="同じ文")
    assert not await discussing.edit(db, author, post.id, Edit(body="同じ文", version=post.version))
    assert len(await revisions.of_post(db, post.id)) == 1


async def test_an_edit_of_an_outdated_version_shows_both_texts(db: Database) -> None:
    author = await an_account(db)
    post = await a_post(db, author, body="一")
    await discussing.edit(db, author, post.id, Edit(body="二", version=post.version))
    with pytest.raises(Conflict) as refused:
        await discussing.edit(db, author, post.id, Edit(body="三", version=post.version))
    assert (refused.value.theirs, refused.value.yours) == ("二", "三")


async def test_nobody_edits_the_words_of_another(db: Database) -> None:
    post = await a_post(db)
    for other in (await an_account(db), await a_moderator(db)):
        with pytest.raises(Forbidden):
            await discussing.edit(db, other, post.id, Edit(body="別の文", version=post.version))


async def test_a_revision_can_be_neither_changed_nor_deleted(db: Database) -> None:
    post = await a_post(db)
    for statement in ("update revisions set raw = ''", "delete from revisions"):
        with pytest.raises(Exception, match="immutable"):
            async with db.transaction():
                await db.run(f"{statement} where post_id = :id", id=post.id)


async def test_a_locked_topic_refuses_replies(db: Database) -> None:
    board = await a_board(db)
    topic, facilitator = await a_topic(db, board=board), await a_facilitator(db, board)
    assert await steering.lock(db, facilitator, topic.topic_id)
    with pytest.raises(Forbidden, match="受付は終わりました"):
        await a_post(db, topic=topic)
    assert (await a_post(db, facilitator, topic=topic)).state == State.VISIBLE


async def test_locking_twice_changes_nothing(db: Database) -> None:
    board = await a_board(db)
    topic, facilitator = await a_topic(db, board=board), await a_facilitator(db, board)
    assert await steering.lock(db, facilitator, topic.topic_id)
    assert not await steering.lock(db, facilitator, topic.topic_id)


async def test_a_facilitator_steers_only_the_own_board(db: Database) -> None:
    facilitator = await a_facilitator(db, await a_board(db))
    with pytest.raises(Forbidden):
        await steering.pin(db, facilitator, (await a_topic(db)).topic_id)


async def test_a_moderator_moves_a_topic(db: Database) -> None:
    topic, to = await a_topic(db), await a_board(db)
    assert await steering.move(db, await a_moderator(db), topic.topic_id, to.id)
    assert (await the_post(db, topic.id)).board_id == to.id


async def test_no_topic_moves_into_the_staff_room(db: Database) -> None:
    topic, staff_room = await a_topic(db), await a_board(db, "staff")
    with pytest.raises(Forbidden):
        await steering.move(db, await a_moderator(db), topic.topic_id, staff_room.id)


async def test_a_held_topic_does_not_exist_for_others(db: Database) -> None:
    topic = await a_topic(db, await a_newcomer(db))
    with pytest.raises(NotFound):
        await a_post(db, topic=topic)


async def test_an_approved_topic_is_visible_and_gives_standing(db: Database) -> None:
    author, moderator = await a_newcomer(db), await a_moderator(db)
    opening = await a_topic(db, author)
    await judging.approve(db, moderator, opening.id)
    found = await queries.topic(db, opening.topic_id)
    assert found is not None
    assert (found.state, (await the_post(db, opening.id)).state) == (State.VISIBLE, State.VISIBLE)


async def test_a_hidden_opening_takes_its_title_along(db: Database) -> None:
    opening, moderator = await a_topic(db), await a_moderator(db)
    await judging.hide(db, moderator, opening.id)
    found = await queries.topic(db, opening.topic_id)
    assert found is not None
    assert found.state == State.HIDDEN


async def test_a_reply_tells_the_one_it_answers_once(db: Database) -> None:
    asked, answering = await an_account(db), await an_account(db)
    question = await a_post(db, asked)
    quote = f"> [{asked.pen_name} #{question.number}](/posts/{question.id})\n> 賛成です。\n\nなぜですか。"
    await a_post(db, answering, topic=question, body=quote, reply_to_id=question.id)
    assert asked.id is not None
    told = await notifications.page_of_account(db, asked.id, before=2**62, limit=10)
    assert [notification.kind for notification in told] == ["reply"]


async def test_a_held_reply_tells_nobody_before_it_is_approved(db: Database) -> None:
    asked, moderator = await an_account(db), await a_moderator(db)
    question = await a_post(db, asked)
    reply = await a_post(db, await a_newcomer(db), topic=question, reply_to_id=question.id)
    assert asked.id is not None
    assert not await notifications.page_of_account(db, asked.id, before=2**62, limit=10)
    await judging.approve(db, moderator, reply.id)
    assert len(await notifications.page_of_account(db, asked.id, before=2**62, limit=10)) == 1


async def test_a_reply_hidden_while_held_is_told_of_when_it_is_restored_and_only_once(db: Database) -> None:
    asked, newcomer, moderator = await an_account(db), await a_newcomer(db), await a_moderator(db)
    question = await a_post(db, asked)
    reply = await a_post(db, newcomer, topic=question, reply_to_id=question.id)
    for _ in range(2):
        await judging.hide(db, moderator, reply.id)
        await judging.restore(db, moderator, reply.id)
    assert asked.id is not None
    assert newcomer.id is not None
    assert len(await notifications.page_of_account(db, asked.id, before=2**62, limit=10)) == 1
    assert (await actor(db, newcomer.id)).approved_posts == 1


async def test_every_revision_verifies(db: Database) -> None:
    author = await an_account(db)
    post = await a_post(db, author)
    await discussing.edit(db, author, post.id, Edit(body="書き直し", version=post.version))
    assert [line async for line in mismatches(db)] == []


async def test_somebody_called_without_brackets_stands_out_and_is_told(db: Database) -> None:
    topic, writer = await a_topic(db), await an_account(db)
    called, meant = await an_account(db), await an_account(db)
    body = f"@{called.pen_name}さん、@{meant.pen_name}会の人、`@{meant.pen_name}`、@いない人"
    post = await a_post(db, writer, topic=topic, body=body)
    assert [await kinds_of_notices(db, person) for person in (called, meant)] == [["mention"], []]
    shown = await posts.view(db, post.id)
    assert shown is not None
    assert shown.html.count("<strong>") == 1
    assert [line async for line in mismatches(db)] == []
    # Who comes later was not called.
    late = await an_account(db)
    await identity.rename(db, late.id or 0, "いない人", "いない人", clock.now())
    await db.run("update posts set edition = 0")
    await render_anew(db)
    assert (await kinds_of_notices(db, late), await posts.view(db, post.id)) == ([], shown)


async def test_whom_an_edit_calls_anew_is_told(db: Database) -> None:
    writer, first, second = [await an_account(db) for _ in range(3)]
    post = await a_post(db, writer, topic=await a_topic(db), body=f"@{first.pen_name}さん")
    words = f"@{first.pen_name}さん、@「{second.pen_name}」さん"
    await discussing.edit(db, writer, post.id, Edit(body=words, version=post.version))
    assert [await kinds_of_notices(db, person) for person in (first, second)] == [["mention"]] * 2
    held = await a_post(db, newcomer := await a_newcomer(db), body="はじめまして")
    await discussing.edit(
        db, newcomer, held.id, Edit(body=f"@{first.pen_name}さん、はじめまして", version=held.version)
    )
    assert await kinds_of_notices(db, first) == ["mention"]


async def test_no_notice_is_cut_inside_an_address(db: Database) -> None:
    called = await an_account(db)
    body = f"@{called.pen_name}さん、{'長' * 90}[飛び石の話](/topics/{10**17})"
    await a_post(db, await an_account(db), body=body)
    [notice] = await notifications.page_of_account(db, called.id or 0, before=10**9, limit=9)
    assert str(notice.params["excerpt"]).endswith("長飛び石の話")


async def kinds_of_notices(db: Database, person: Actor) -> list[str]:
    page = await notifications.page_of_account(db, person.id or 0, before=10**9, limit=9)
    return [notice.kind for notice in page]


async def test_people_called_by_name_are_told_once_and_nobody_else(db: Database) -> None:
    topic, (one, other, muting) = await a_topic(db), [await an_account(db) for _ in range(3)]
    await following.follow_topic(db, muting.id or 0, topic.topic_id, Level.MUTE)
    writer, names = await an_account(db), [person.pen_name for person in (one, one, other, muting)]
    calls = "".join(f"@「{name}」" for name in [*names, writer.pen_name, "いない人"])
    await a_post(db, writer, topic=topic, body=f"{calls}さん、どうですか。")
    await a_post(db, writer, topic=topic, body=f"> @「{other.pen_name}」\n\nと書きました。")
    told = {
        person.id: [
            notice.kind
            for notice in await notifications.page_of_account(db, person.id or 0, before=10**9, limit=9)
        ]
        for person in (one, other, muting, writer)
    }
    assert told == {one.id: ["mention"], other.id: ["mention"], muting.id: [], writer.id: []}
    staff_room = await a_topic(db, staff := await a_staff_member(db), board=await a_board(db, "staff"))
    await a_post(db, staff, topic=staff_room, body=f"＠「{one.pen_name}」さんの件")
    assert len(await notifications.page_of_account(db, one.id or 0, before=10**9, limit=9)) == 1
