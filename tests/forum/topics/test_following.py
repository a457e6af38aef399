"""Who hears of a new post: those who watch its topic or board, once, and nobody who muted it."""

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import Actor
from forum.accounts import actions as accounts
from forum.db import Database
from forum.following import actions
from forum.following.rules import Level
from forum.notifications import actions as notifications
from forum.notifications import queries
from forum.notifications.rules import Choice, Mail, Subject
from forum.posts.rules import Post
from forum.topics.actions.telling import about_post_to_watchers
from tests import judging
from tests.conftest import Login, visitor
from tests.factories import (
    Role,
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
)
from tests.pages import parsed, text_of


async def told(db: Database, person: Actor) -> list[tuple[str, int]]:
    """(kind, how many it stands for), the newest first."""
    found = await queries.page_of_account(db, person.id or 0, before=2**62, limit=100)
    return [(notice.kind, notice.params.get("count", 1)) for notice in found]


async def writes(db: Database, by: Actor, topic: Post, reply_to_id: int | None = None) -> Post:
    """A post, and the job that it asks for."""
    post = await a_post(db, by, topic=topic, reply_to_id=reply_to_id)
    await about_post_to_watchers(db, post.id)
    return post


async def test_who_wrote_watches_and_unread_posts_are_one_notice(db: Database) -> None:
    asker, answerer, bystander = await an_account(db), await an_account(db), await an_account(db)
    topic = await a_topic(db, asker)
    first = await writes(db, answerer, topic)
    await writes(db, bystander, topic)
    assert (await told(db, asker), await told(db, answerer)) == ([("posted", 2)], [("posted", 1)])
    [notice] = await queries.page_of_account(db, asker.id or 0, before=2**62, limit=1)
    assert notice.url == f"/posts/{first.id}"
    await notifications.read_all(db, asker.id or 0)
    await writes(db, answerer, topic)
    assert await told(db, asker) == [("posted", 1), ("posted", 2)]
    assert await told(db, bystander) == [("posted", 1)]


async def test_however_many_watch_they_are_told_in_the_same_few_statements(db: Database) -> None:
    topic, writer = await a_topic(db), await an_account(db)
    reads, *leave_it, comes_late = [await an_account(db) for _ in range(8)]
    for person in (reads, *leave_it):
        await actions.follow_topic(db, person.id or 0, topic.topic_id, Level.WATCH)
    await writes(db, writer, topic)
    await notifications.read_all(db, reads.id or 0)
    await actions.follow_topic(db, comes_late.id or 0, topic.topic_id, Level.WATCH)
    post = await a_post(db, writer, topic=topic)
    before = db.statements
    await about_post_to_watchers(db, post.id)
    assert db.statements - before == 7
    assert await told(db, reads) == [("posted", 1), ("posted", 1)]
    assert [await told(db, person) for person in leave_it] == [[("posted", 2)]] * len(leave_it)
    assert await told(db, comes_late) == [("posted", 1)]
    assert await told(db, writer) == []


async def test_whom_a_post_speaks_to_is_not_told_twice(db: Database) -> None:
    asker = await an_account(db)
    topic = await a_topic(db, asker)
    await writes(db, await an_account(db), topic, reply_to_id=topic.id)
    assert await told(db, asker) == [("reply", 1)]


async def test_a_summary_that_was_sent_is_not_counted_up(db: Database) -> None:
    asker, other = await an_account(db), await an_account(db)
    topic = await a_topic(db, asker)
    await writes(db, other, topic)
    await notifications.mail_nothing(db)  # as after the morning's mail
    await writes(db, other, topic)
    assert await told(db, asker) == [("posted", 1), ("posted", 1)]
    await notifications.choose(db, asker.id or 0, [Choice(Subject.WATCHED, True, Mail.OFF)])
    await writes(db, other, topic)
    assert ("posted", 2) in await told(db, asker)


async def test_the_levels_of_topics_and_boards(db: Database) -> None:
    people = [await an_account(db) for _ in range(4)]
    ids = [person.id or 0 for person in people]
    board, asker = await a_board(db), await an_account(db)
    topic = await a_topic(db, asker, board=board)
    other_topic = await a_topic(db, asker, board=board)
    await actions.follow_topic(db, ids[0], topic.topic_id, Level.WATCH)
    await actions.follow_board(db, ids[1], board.id, Level.WATCH)
    await actions.follow_board(db, ids[2], board.id, Level.WATCH)
    await actions.follow_topic(db, ids[2], topic.topic_id, Level.MUTE)
    await actions.follow_board(db, ids[3], board.id, Level.WATCH)
    await actions.follow_board(db, ids[3], board.id, Level.FOLLOW)
    await actions.follow_topic(db, asker.id or 0, topic.topic_id, Level.MUTE)
    writer = await an_account(db)
    await writes(db, writer, topic, reply_to_id=topic.id)
    assert [len(await told(db, person)) for person in (*people, asker)] == [1, 1, 0, 0, 0]
    await writes(db, writer, other_topic)
    assert [len(await told(db, person)) for person in (*people, asker)] == [1, 2, 1, 0, 1]


async def test_nobody_hears_of_what_they_may_not_read(db: Database) -> None:
    watcher, clerk, board = await an_account(db), await a_staff_member(db), await a_board(db)
    await actions.follow_board(db, watcher.id or 0, board.id, Level.WATCH)
    held = await a_topic(db, await a_newcomer(db), board=board)
    await about_post_to_watchers(db, held.id)
    hidden = await a_topic(db, board=board)
    await judging.hide(db, await a_moderator(db), hidden.id)
    await about_post_to_watchers(db, hidden.id)
    room = await a_board(db, "staff")
    internal = await a_topic(db, clerk, board=room)
    await accounts.change_role(db, clerk.id or 0, Role.RESIDENT)
    await writes(db, await a_staff_member(db), internal)
    assert await told(db, watcher) == await told(db, clerk) == []
    await judging.approve(db, await a_moderator(db), held.id)
    await about_post_to_watchers(db, held.id)
    assert await told(db, watcher) == [("posted", 1)]


@pytest.mark.parametrize("kind", ["topic", "board"])
async def test_the_buttons_work_without_scripts(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login, kind: str
) -> None:
    board = await a_board(db)
    topic = await a_topic(db, board=board)
    place = f"/topics/{topic.topic_id}" if kind == "topic" else f"/boards/{board.slug}"
    await login(client, (await an_account(db)).id or 0)
    assert _pressed(await client.get(place)) == "追う"
    for level, name in (("watch", "見守る"), ("mute", "通知しない"), ("follow", "追う")):
        answer = await client.post(f"{place}/following", data={"level": level})
        assert answer.headers["location"] == f"{place}#following"
        assert _pressed(await client.get(place)) == name
    assert (await client.post(f"{place}/following", data={"level": "stalk"})).status_code == 422
    async with visitor(app) as guest:
        assert "following" not in (await guest.get(place)).text
        sent = await guest.post(f"{place}/following", data={"level": "watch"})
        assert sent.headers["location"] == f"/login?next={place}"
        room = await a_board(db, "staff")
        assert (
            await client.post(f"/boards/{room.slug}/following", data={"level": "watch"})
        ).status_code == 404


def _pressed(page: httpx.Response) -> str:
    [button] = [one for one in parsed(page).iter("button") if one.get("aria-pressed") == "true"]
    return text_of(button)
