"""Lists without numbers: a page that holds the stamp of its list knows whether it missed something."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest

from forum.access import Actor
from forum.boards import actions as boards
from forum.boards.queries import board_by_id
from forum.boards.rules import Board
from forum.db import Database
from forum.notifications import actions as notifications
from forum.posts.rules import Draft, Edit, Post
from forum.topics import queries
from forum.topics.actions import discussing, steering
from moderation.digests.queries import opinions
from moderation.reviews import actions as reviews
from moderation.reviews.rules import Complaint
from tests import judging
from tests.conftest import Login
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_staff_member,
    a_topic,
    an_account,
)
from tests.moderation.digests.desk import a_discussion, a_draft, act

STAMP = r'data-live-channel="{}"[^>]*data-live-number="(\d+)"'


async def stamps(client: httpx.AsyncClient, page: str, channel: str) -> set[str]:
    return set(re.findall(STAMP.format(channel), (await client.get(page)).text))


async def holds(client: httpx.AsyncClient, channel: str, stamp: str) -> bool:
    """Whether the server says that nothing was missed."""
    answer = await client.get(f"/live?{urlencode({'channel': channel, 'after': stamp})}")
    [frame] = answer.json()
    assert frame["type"] in ("caught_up", "resync")
    return bool(frame["type"] == "caught_up")


Act = Callable[[Database, Post, Actor], Awaitable[object]]


async def _board(db: Database, post: Post) -> Board:
    found = await board_by_id(db, post.board_id)
    assert found is not None
    return found


async def a_new_topic(db: Database, opening: Post, author: Actor) -> None:
    await a_topic(db, author, board=await _board(db, opening))


async def a_held_topic(db: Database, opening: Post, author: Actor) -> None:
    await a_topic(db, await a_newcomer(db), board=await _board(db, opening))


async def a_reply(db: Database, opening: Post, author: Actor) -> None:
    await discussing.reply(db, author, opening.topic_id, Draft(body="意見です。"))


async def an_edit(db: Database, opening: Post, author: Actor) -> None:
    await discussing.edit(db, author, opening.id, Edit(body="直しました。", version=opening.version))


async def a_withdrawal(db: Database, opening: Post, author: Actor) -> None:
    await discussing.withdraw(db, author, opening.id)


async def a_lock(db: Database, opening: Post, author: Actor) -> None:
    await steering.lock(db, await a_moderator(db), opening.topic_id)


async def a_pin(db: Database, opening: Post, author: Actor) -> None:
    await steering.pin(db, await a_moderator(db), opening.topic_id)


async def a_move(db: Database, opening: Post, author: Actor) -> None:
    await steering.move(db, await a_moderator(db), opening.topic_id, (await a_board(db)).id)


@pytest.mark.parametrize(
    "deed", [a_new_topic, a_held_topic, a_reply, an_edit, a_withdrawal, a_lock, a_pin, a_move]
)
async def test_the_stamp_of_a_board_differs_after_every_act(
    client: httpx.AsyncClient, db: Database, deed: Act
) -> None:
    board, author = await a_board(db), await an_account(db)
    opening, *_ = [await a_topic(db, author, board=board) for _ in range(3)]
    channel = f"board:{board.slug}"
    [stamp] = await stamps(client, f"/boards/{board.slug}", channel)
    assert await stamps(client, "/", channel) == {stamp}
    assert await holds(client, channel, stamp)
    await a_topic(db)  # on another board
    assert await holds(client, channel, stamp)
    await deed(db, opening, author)
    assert not await holds(client, channel, stamp)


async def test_a_board_differs_when_it_loses_a_topic_that_rested(
    client: httpx.AsyncClient, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await a_board(db)
    resting, _ = await a_topic(db, board=board), await a_topic(db, board=board)
    monkeypatch.setattr(queries, "OVERTAKEN_MAX", 1)
    channel = f"board:{board.slug}"
    [stamp] = await stamps(client, f"/boards/{board.slug}", channel)
    await a_move(db, resting, await an_account(db))
    assert not await holds(client, channel, stamp)


async def test_the_queue_differs_when_as_many_wait_but_others(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    newcomer, moderator = await a_newcomer(db), await a_moderator(db)
    await login(client, moderator.id or 0)
    held = await a_topic(db, newcomer)
    [stamp] = await stamps(client, "/queue", "queue")
    assert await stamps(client, "/guide", "queue") == {stamp}
    assert await holds(client, "queue", stamp)
    await judging.approve(db, moderator, held.id)
    await a_topic(db, await a_newcomer(db))
    assert not await holds(client, "queue", stamp)


async def test_the_queue_of_a_facilitator_holds_while_others_have_work(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    board = await a_board(db)
    local = await an_account(db)
    await boards.give_role(db, board.id, local.id or 0, "moderator")
    await login(client, local.id or 0)
    [stamp] = await stamps(client, "/queue", "queue")
    await a_topic(db, await a_newcomer(db))
    assert await holds(client, "queue", stamp), "of no business here"
    post = await a_topic(db, board=board)
    for reporter in [await an_account(db), await an_account(db)]:
        [stamp] = await stamps(client, "/queue", "queue")
        await reviews.report(db, reporter, post.id, Complaint(rule=1, note=""))
        assert not await holds(client, "queue", stamp), "each report is news"


async def test_the_counter_of_the_inbox_is_its_own_stamp(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    reader = await an_account(db)
    await login(client, reader.id or 0)
    channel = f"inbox:{reader.id}"
    assert await stamps(client, "/guide", channel) == {"0"}
    assert await holds(client, channel, "0")
    async with db.transaction():
        await notifications.tell(db, reader.id or 0, "reply", "/")
    assert not await holds(client, channel, "0")
    assert await holds(client, channel, "1")


async def test_the_inbox_differs_after_every_notice_read_or_not(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    """Also where the counter does not: one came and one was read while the page was away."""
    reader = await an_account(db)
    await login(client, reader.id or 0)
    channel = f"notices:{reader.id}"
    more = {"topic": "水車", "about": 7, "by": "ひなた", "excerpt": ""}

    async def one_more() -> None:
        async with db.transaction():
            await notifications.tell_more(db, [reader.id or 0], "posted", "/", **more)

    async def read_all() -> None:
        await notifications.read_all(db, reader.id or 0)

    for happens in (one_more, one_more, read_all, one_more):
        [stamp] = await stamps(client, "/inbox", channel)
        assert await holds(client, channel, stamp)
        await happens()
        assert not await holds(client, channel, stamp)
    assert await stamps(client, "/inbox?before=1", channel) == set(), "older pages stand still"


async def test_a_digest_differs_after_every_act(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    staff = await a_staff_member(db)
    digest = await a_draft(db, await a_discussion(db), staff)
    await login(client, staff.id or 0)
    page, channel = f"/digests/{digest.id}/edit", f"digest:{digest.id}"
    [stamp] = await stamps(client, page, channel)
    assert await stamps(client, f"/digests/{digest.id}/progress", channel) == {stamp}
    assert await holds(client, channel, stamp)
    assert replace(digest, state="compiling").stamp != digest.stamp
    [first, *_] = await opinions.everything(db, digest.id)
    await act(db, staff, digest.id, "set_aside", opinions=[first.id], reason="あいさつです。")
    assert not await holds(client, channel, stamp)
