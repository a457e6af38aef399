"""Topics are ended, opened again and slowed down with a reason, on record; who may write again when, as a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, Role
from forum.commands.verify import every_mismatch
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid, NotFound, TooSoon
from forum.posts.rules import Post
from forum.topics import queries as topics
from forum.topics.pacing import next_turn
from forum.topics.rules import Topic
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer, Filing
from moderation.reviews.actions import keeping
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping, keeping_acts
from tests.conftest import Login, visitor
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.forum.topics import test_polls
from tests.moderation.consultations import stories
from tests.moderation.reviews.test_actions import decide, log_of, told

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
HERE, THERE = frozenset({1}), frozenset({2})
RESIDENT = Actor(id=2, role=Role.RESIDENT, confirmed=True)

# the topic takes no posts, is slow, is pinned, its polls are hidden (or none are) -> what can be done
ACTS = [
    (False, False, False, None, (Act.LOCK, Act.SLOW, Act.PIN, Act.MOVE)),
    (False, True, False, None, (Act.LOCK, Act.UNSLOW, Act.PIN, Act.MOVE)),
    (True, False, False, None, (Act.UNLOCK, Act.PIN, Act.MOVE)),
    (True, True, True, None, (Act.UNLOCK, Act.UNPIN, Act.MOVE)),
    (False, False, True, None, (Act.LOCK, Act.SLOW, Act.UNPIN, Act.MOVE)),
    (False, False, False, False, (Act.LOCK, Act.SLOW, Act.PIN, Act.MOVE, Act.HIDE_POLLS)),
    (False, False, False, True, (Act.LOCK, Act.SLOW, Act.PIN, Act.MOVE, Act.SHOW_POLLS)),
]
# who, one turn lasts (minutes, or never slow), slow for (minutes), wrote before (minutes, or never) -> waits (minutes)
TURNS = [
    (RESIDENT, None, 60, 1, None),
    (RESIDENT, 15, 60, None, None),
    (RESIDENT, 15, 60, 0, 15),
    (RESIDENT, 15, 60, 10, 5),
    (RESIDENT, 15, 60, 15, None),
    (RESIDENT, 15, 3, 10, 3),
    (RESIDENT, 15, 0, 10, None),
    (RESIDENT, 15, -5, 10, None),
    (Actor(id=2, confirmed=True, facilitates_boards=THERE), 15, 60, 10, 5),
    (Actor(id=2, confirmed=True, facilitates_boards=HERE), 15, 60, 10, None),
    (Actor(id=2, confirmed=True, moderates_boards=HERE), 15, 60, 10, None),
    (Actor(id=2, role=Role.MODERATOR, confirmed=True), 15, 60, 10, None),
    (Actor(id=2, role=Role.STAFF, confirmed=True), 15, 60, 10, 5),
]


async def keep(db: Database, by: Actor, post: Post, act: Act, **more: Any) -> int:
    return await keeping.keep(
        db, by, post.topic_id, Keeping(act=act, reason="落ち着いて話すためです。", **more)
    )


@pytest.mark.parametrize(("locked", "slow", "pinned", "polls_hidden", "acts"), ACTS)
def test_every_act_on_a_topic_has_its_inverse(
    locked: bool, slow: bool, pinned: bool, polls_hidden: bool | None, acts: tuple[Act, ...]
) -> None:
    """Of a move it is the move back."""
    assert keeping_acts(locked=locked, slow=slow, pinned=pinned, polls_hidden=polls_hidden) == acts


@pytest.mark.parametrize(("who", "minutes", "lasts", "before", "waits"), TURNS)
def test_who_may_write_again_when(
    who: Actor, minutes: int | None, lasts: int, before: int | None, waits: int | None
) -> None:
    until = NOW + timedelta(minutes=lasts) if minutes else None
    topic = Topic(1, 1, "midori", "official", 1, "野川", "visible", False, False, 1, 1, minutes, until)
    last = NOW - timedelta(minutes=before) if before is not None else None
    turn = next_turn(who, topic, last, NOW)
    assert turn == (NOW + timedelta(minutes=waits) if waits else None)


async def test_in_a_slow_topic_everybody_waits_for_their_turn(db: Database) -> None:
    board = await a_board(db)
    post, writer, keeper = (
        await a_topic(db, board=board),
        await an_account(db),
        await a_facilitator(db, board),
    )
    await keep(db, keeper, post, Act.SLOW, minutes=15, hours=3)
    now = clock.now()
    await a_post(db, writer, topic=post)
    with pytest.raises(TooSoon) as refused:
        await a_post(db, writer, topic=post)
    assert 14 * 60 < refused.value.seconds <= 15 * 60 + 1
    await a_post(db, await an_account(db), topic=post)
    await a_post(db, keeper, topic=post)
    await a_post(db, keeper, topic=post)
    with clock.at(now + timedelta(minutes=16)):
        await a_post(db, writer, topic=post)
    with clock.at(now + timedelta(hours=4)):
        await a_post(db, writer, topic=post)
        await a_post(db, writer, topic=post)


async def test_every_act_is_a_line_of_the_log_and_its_inverse_undoes_it(db: Database) -> None:
    board, author = await a_board(db), await an_account(db)
    post, keeper = await a_topic(db, author, board=board), await a_facilitator(db, board)
    before = await topics.topic(db, post.topic_id)
    acts = [Act.SLOW, Act.UNSLOW, Act.LOCK, Act.UNLOCK, Act.PIN, Act.UNPIN]
    for act in acts:
        await keep(db, keeper, post, act)
        with pytest.raises(Conflict):
            await keep(db, keeper, post, act)
    after = await topics.topic(db, post.topic_id)
    assert before is not None
    assert after is not None
    assert (after.locked, after.slow_minutes, after.slow_until) == (before.locked, None, None)
    assert [line.act for line in await log_of(db, post)] == acts[::-1]
    assert {line.role for line in await log_of(db, post)} == {"facilitator"}
    assert [note.kind for note in await told(db, author)] == ["topic_kept"] * 6
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_a_topic_moves_with_a_reason_and_back(db: Database) -> None:
    """The line of the log stands on the board from which it went."""
    author, moderator = await an_account(db), await a_moderator(db)
    post, there = await a_topic(db, author), await a_board(db)
    await keep(db, moderator, post, Act.MOVE, board_id=there.id)
    assert (await the_post(db, post.id)).board_id == there.id
    with pytest.raises(Conflict):
        await keep(db, moderator, post, Act.MOVE, board_id=there.id)
    await keep(db, moderator, post, Act.MOVE, board_id=post.board_id)
    assert [line.board_id for line in await log_of(db, post)] == [there.id, post.board_id]
    assert [note.params["act"] for note in await told(db, author)] == ["move", "move"]
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_polls_that_break_a_rule_are_hidden_with_it_and_shown_again_by_an_appeal(
    app: Starlette, db: Database, login: Login
) -> None:
    board, author, moderator = await a_board(db), await an_account(db), await a_moderator(db)
    post, keeper = await a_topic(db, author, board=board), await a_facilitator(db, board)
    poll_id = await test_polls.opened(db, post, keeper, live=True)
    with pytest.raises(Conflict):  # words are for moderators to judge
        await keep(db, keeper, post, Act.HIDE_POLLS, rule=2)
    with pytest.raises(Invalid):
        await keep(db, moderator, post, Act.HIDE_POLLS)
    places = (f"/polls/{poll_id}", f"/topics/{post.topic_id}/polls", f"/topics/{post.topic_id}")
    async with visitor(app) as client:
        await login(client, moderator.id or 0)
        form = {"act": "hide_polls", "reason": "人をからかう質問です。", "rule": "2"}
        assert "非公開にする" in (await client.get(f"/topics/{post.topic_id}/keep")).text
        assert (await client.post(f"/topics/{post.topic_id}/keep", data=form)).status_code == 303
        assert [(await client.get(place)).status_code for place in places] == [200, 200, 200]
        assert "投票を公開に戻す" in (await client.get(f"/topics/{post.topic_id}/keep")).text
    async with visitor(app) as client:
        await login(client, author.id or 0)
        answers = [await client.get(place) for place in places]
        assert [answer.status_code for answer in answers] == [404, 403, 200]
        assert not any("ベンチはどこに？" in answer.text for answer in answers)
        heard = await client.get(f"/live?channel=poll:{poll_id}&after=0")
        assert heard.json()[0]["type"] == "refused"
    for person in (await an_account(db), moderator):
        with pytest.raises((NotFound, Forbidden)):
            await test_polls.choose(db, poll_id, 1, by=person)
    with pytest.raises(Forbidden):
        await test_polls.opened(db, post, author)
    (line,) = await log_of(db, post)
    assert (line.act, line.rule_number, line.role) == ("hide_polls", 2, "moderator")
    (to_author,), (to_keeper,) = await told(db, author), await told(db, keeper)
    assert to_author.params["appeal_until"]
    assert not to_keeper.params["appeal_until"]
    number = await appeals.file(db, author, line.id, Filing(body="ふつうの質問です。"))
    given = Answer(outcome="overturned", reason="からかう質問ではありません。")
    await appeals.answer(db, await a_moderator(db), number, given)
    await test_polls.choose(db, poll_id, 1)
    assert [line.act for line in await log_of(db, post)] == ["show_polls", "hide_polls"]
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []
    await db.run("update topics set polls_hidden = true where id = :id", id=post.topic_id)
    assert [line async for line in every_mismatch(db, stories.SEAL)] == [
        f"topic {post.topic_id}: its polls are hidden, or shown, otherwise than the log says"
    ]


async def test_nobody_hides_or_shows_all_polls_where_they_asked_one(
    app: Starlette, db: Database, login: Login
) -> None:
    author, asker, other = await an_account(db), await a_moderator(db), await a_moderator(db)
    post = await a_topic(db, author)
    await test_polls.opened(db, post, asker)
    with pytest.raises(Conflict):
        await keep(db, asker, post, Act.HIDE_POLLS, rule=2)
    await keep(db, other, post, Act.HIDE_POLLS, rule=2)
    with pytest.raises(Conflict):
        await keep(db, asker, post, Act.SHOW_POLLS)
    async with visitor(app) as client:
        for person, offered in ((asker, False), (other, True)):
            await login(client, person.id or 0)
            page = (await client.get(f"/topics/{post.topic_id}/keep")).text
            assert ('value="show_polls"' in page, 'value="lock"' in page) == (offered, True)


async def test_who_asked_a_poll_hides_that_of_somebody_else_by_itself(
    app: Starlette, db: Database, login: Login
) -> None:
    author, asker = await an_account(db), await a_moderator(db)
    post = await a_topic(db, author)
    await test_polls.closed(db, await test_polls.opened(db, post, asker))
    with clock.at(clock.now() + 2 * test_polls.WEEK):
        poll_id = await test_polls.opened(db, post, author)
    async with visitor(app) as client:
        await login(client, asker.id or 0)
        page = (await client.get(f"/topics/{post.topic_id}/keep")).text
        assert 'value="hide_polls"' not in page
        form = {"act": "hide_poll", "reason": "人をからかう質問です。", "rule": "2", "poll_id": str(poll_id)}
        assert 'value="hide_poll"' in page
        assert (await client.post(f"/topics/{post.topic_id}/keep", data=form)).status_code == 303


async def test_whoever_asked_hears_of_a_hidden_poll_without_the_title_that_nobody_reads(db: Database) -> None:
    author, asker, moderator = await an_account(db), await a_staff_member(db), await a_moderator(db)
    post = await a_topic(db, author, title="読めなくなる題")
    await test_polls.opened(db, post, asker)
    await keep(db, moderator, post, Act.LOCK)
    await decide(db, moderator, post, Act.HIDE)
    await keep(db, moderator, post, Act.HIDE_POLLS, rule=2)
    assert [one.params["topic"] for one in await told(db, asker)] == [""]
    assert [one.params["topic"] for one in await told(db, author) if "topic" in one.params] == [
        "読めなくなる題"
    ] * 2


async def test_only_those_who_keep_the_board_keep_its_topics(db: Database) -> None:
    post = await a_topic(db)
    for person in (await an_account(db), await a_facilitator(db, await a_board(db))):
        with pytest.raises(Forbidden):
            await keep(db, person, post, Act.LOCK)
    assert not await log_of(db, post)


async def test_the_composer_says_when_one_may_write_again(app: Starlette, db: Database, login: Login) -> None:
    post, writer, moderator = await a_topic(db), await an_account(db), await a_moderator(db)
    async with visitor(app) as client:
        await login(client, moderator.id or 0)
        url = f"/topics/{post.topic_id}/keep"
        assert "ゆっくりにする" in (await client.get(url)).text
        assert (await client.post(url, data={"act": "slow", "reason": ""})).status_code == 422
        assert (await client.post(url, data={"act": "hide", "reason": "x"})).status_code == 409
        form = {"act": "slow", "reason": "落ち着くまで。", "minutes": "15", "hours": "3"}
        assert (await client.post(url, data=form)).status_code == 303
    await a_post(db, writer, topic=post)
    async with visitor(app) as client:
        await login(client, writer.id or 0)
        page = (await client.get(f"/topics/{post.topic_id}")).text
        assert "1人15分に1回まで" in page
        assert "次に書けるとき" in page
        refused = await client.post(f"/topics/{post.topic_id}/replies", data={"body": "もう一言。"})
        assert refused.status_code == 429
        assert "もう一言。" in refused.text
        assert "落ち着くまで。" in (await client.get(f"/moderation/log?post={post.id}")).text
