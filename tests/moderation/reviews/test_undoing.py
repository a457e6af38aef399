"""A slip of the finger can be taken back for a minute; the log keeps both lines."""

from datetime import timedelta

import httpx
import pytest

from forum import clock
from forum.db import Database
from forum.errors import Conflict
from moderation.reviews import proofs
from moderation.reviews.actions import undoing
from moderation.reviews.acts import Act
from moderation.reviews.queries import claims, decisions
from moderation.reviews.targets import Target
from tests.conftest import Login
from tests.factories import a_moderator, a_post, the_post
from tests.moderation.reviews.test_actions import a_post_that_is, decide, report, told

SECOND = timedelta(seconds=1)


async def test_a_post_hidden_by_mistake_is_back_and_both_lines_stay(db: Database) -> None:
    post, judge = await a_post(db), await a_moderator(db)
    await decide(db, judge, post, Act.HIDE)
    assert await undoing.undo(db, judge) == post.id
    assert (await the_post(db, post.id)).state == "visible"
    assert [line.act for line in await decisions.of_post(db, post.id)] == ["restore", "hide"]
    assert [notice.params["act"] for notice in await told(db, post.author_id)][:2] == ["restore", "hide"]
    assert [line async for line in proofs.mismatches(db)] == []
    with pytest.raises(Conflict):
        await undoing.undo(db, judge)


async def test_what_a_slip_answered_waits_again(db: Database) -> None:
    post, judge, other = await a_post(db), await a_moderator(db), await a_moderator(db)
    reporter = await report(db, post)
    before = await claims.locked(db, Target.POST, post.id)
    await decide(db, judge, post, Act.HIDE)
    await undoing.undo(db, judge)
    waiting = await claims.locked(db, Target.POST, post.id)
    assert before is not None
    assert waiting is not None
    assert (waiting.kind, waiting.opened_at, waiting.due_at) == ("reported", before.opened_at, before.due_at)
    assert [line async for line in proofs.mismatches(db)] == []
    await decide(db, other, post, Act.DISMISS)
    assert [notice.params["act"] for notice in await told(db, reporter)] == ["dismiss", "hide"]


# state before, act, seconds later -> whether it can be undone
SLIPS = [
    ("visible", Act.HIDE, 59, True),
    ("reported", Act.HIDE, 59, True),
    ("visible", Act.HIDE, 61, False),
    ("held", Act.HIDE, 1, False),
    ("held", Act.APPROVE, 1, False),
    ("held", Act.RETURN, 1, False),
    ("reported", Act.DISMISS, 1, False),
    ("hidden", Act.RESTORE, 1, False),
]


@pytest.mark.parametrize(("before", "act", "seconds", "expected"), SLIPS)
async def test_what_can_be_undone(db: Database, before: str, act: Act, seconds: int, expected: bool) -> None:
    post, judge, now = await a_post_that_is(db, before), await a_moderator(db), clock.now()
    with clock.at(now):
        await decide(db, judge, post, act)
    with clock.at(now + seconds * SECOND):
        assert (await undoing.undoable(db, judge) is not None) == expected


async def test_nobody_undoes_what_others_have_decided_or_decided_on_since(db: Database) -> None:
    post, judge, other = await a_post(db), await a_moderator(db), await a_moderator(db)
    await decide(db, judge, post, Act.HIDE)
    assert await undoing.undoable(db, other) is None
    await decide(db, other, post, Act.RESTORE)
    await decide(db, other, post, Act.HIDE)
    assert await undoing.undoable(db, judge) is None
    assert await undoing.undoable(db, other) is not None


async def test_the_next_page_offers_it(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    post, judge = await a_post(db), await a_moderator(db)
    await report(db, post)
    await login(client, judge.id or 0)
    assert "取り消せます" not in (await client.get("/queue")).text
    await decide(db, judge, post, Act.HIDE)
    for page in ("/queue", f"/queue/{post.id}"):
        assert "1分以内なら取り消せます" in (await client.get(page)).text
    answer = await client.post("/queue/undo", follow_redirects=True)
    assert "取り消しました" in answer.text
    assert (await client.post("/queue/undo")).status_code == 409
