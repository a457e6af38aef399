"""Time-boxed discussions: phases by the clock, recorded acts, posts that say when they were written, and an end."""

from collections.abc import Mapping
from datetime import UTC, date, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.community import queries as community
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from forum.following.actions import follow_topic
from forum.following.rules import Level
from forum.notifications import queries as notifications
from forum.posts.queries.posts import view
from forum.posts.rules import Post
from forum.topics import queries
from forum.topics.actions import phasing as actions
from forum.topics.actions.transferring import merge
from forum.topics.heads import TopicHead
from forum.topics.phasing import MovingOn, Planning
from forum.topics.proofs import mismatches_of_phases
from forum.topics.queries import phases
from forum.topics.timetable import Phase, last_turn, next_turn, place_in
from forum.topics.transfers import Why
from tests import judging
from tests.conftest import Login, visitor
from tests.factories import a_board, a_facilitator, a_moderator, a_post, a_staff_member, a_topic, an_account
from tests.pages import parsed

WEEK = timedelta(days=7)
NAMES = ("課題出し", "アイデア", "集約")


def course(version: int = 0, **typed: object) -> MovingOn:
    """Three phases of a week each, unless something else was typed."""
    usual: dict[str, object] = {}
    for n, name in enumerate(NAMES, 1):
        usual |= {f"name_{n}": name, f"asks_{n}": f"{name}を書いてください。", f"day_{n}": in_weeks(n)}
    return Planning(**{"version": version, **usual, **typed})


def in_weeks(n: int) -> date:
    return (clock.now() + n * WEEK).date()


async def phased(db: Database, by: Actor | None = None, topic: Post | None = None) -> Post:
    """A topic that is discussed for three weeks."""
    topic = topic or await a_topic(db)
    await actions.plan(db, by or await a_staff_member(db), topic.topic_id, course(), UTC)
    return topic


async def now_of(db: Database, topic: Post) -> TopicHead:
    found = await queries.head(db, topic.topic_id)
    assert found is not None
    return found


async def told(db: Database, account: Actor) -> list[str]:
    inbox = await notifications.page_of_account(db, account.id or 0, before=2**62, limit=20)
    return [one.params["phase"] for one in reversed(inbox) if one.kind == "phase_begun"]


def test_the_place_in_a_row_of_phases_follows_from_the_clock() -> None:
    start = clock.now()
    phases = [Phase(name, "", start + n * WEEK, start + (n + 1) * WEEK) for n, name in enumerate(NAMES)]
    moments = [start, start + WEEK - timedelta(microseconds=1), start + WEEK, start + 3 * WEEK]
    assert [place_in(phases, moment) for moment in moments] == [0, 0, 1, 3]
    assert [last_turn(phases, moment) for moment in moments] == [start, start, start + WEEK, start + 3 * WEEK]
    assert [next_turn(phases, moment) for moment in moments] == [
        start + WEEK,
        start + WEEK,
        start + 2 * WEEK,
        None,
    ]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, set()),
        ({"day_2": None}, {"day_2"}),
        ({"name_3": ""}, {"name_3"}),
        ({"day_2": date(2001, 1, 1)}, {"day_2"}),
        ({"day_3": in_weeks(1)}, {"day_3"}),
        ({"day_3": in_weeks(60)}, {"day_3"}),
    ],
)
async def test_phases_follow_each_other(db: Database, typed: Mapping[str, object], wrong: set[str]) -> None:
    topic, staff = await a_topic(db), await a_staff_member(db)
    if not wrong:
        await actions.plan(db, staff, topic.topic_id, course(**typed), UTC)
        return
    with pytest.raises(Invalid) as refused:
        await actions.plan(db, staff, topic.topic_id, course(**typed), UTC)
    assert set(refused.value.fields) == wrong


async def test_a_discussion_goes_through_its_phases_by_itself_and_closes(db: Database) -> None:
    topic, resident = await phased(db), await an_account(db)
    await follow_topic(db, resident.id or 0, topic.topic_id, Level.WATCH)
    posts = []
    for week in range(3):
        with clock.at(clock.now() + week * WEEK + timedelta(days=2)):
            await actions.turn_due(db)
            await actions.turn_due(db)
            posts.append(await a_post(db, resident, topic=topic))
            phase = (await now_of(db, topic)).phase
            assert phase is not None
            assert phase.name == NAMES[week]
    with clock.at(clock.now() + 4 * WEEK):
        await actions.turn_due(db)
        assert (await now_of(db, topic)).closed
        with pytest.raises(Forbidden, match="受付は終わりました"):
            await a_post(db, resident, topic=topic)
    assert await told(db, resident) == [*NAMES, ""]
    written = [await view(db, post.id) for post in posts]
    assert [post and post.phase for post in written] == [*NAMES]


async def test_a_job_waits_for_the_moment_at_which_open_pages_turn(db: Database) -> None:
    topic, now = await phased(db), clock.now()
    found = await now_of(db, topic)
    turns = [phase.ends_at for phase in found.phases]
    await db.run("delete from pgqueuer where execute_after <= created")
    for week, coming in ((0, 0), (1, 1), (2, 2), (3, None)):
        with clock.at(turns[week - 1] if week else now):
            await actions.turn(db, topic.topic_id)
            waiting = await db.rows(
                "delete from pgqueuer where entrypoint = 'turn_phase' returning execute_after - created as wait"
            )
            late = [clock.now() + row["wait"] - turns[coming] for row in waiting if coming is not None]
            assert all(timedelta(0) < each < timedelta(minutes=1) for each in late)
            assert bool(waiting) == (coming is not None)


async def test_whoever_keeps_the_board_goes_on_earlier_and_begins_again(db: Database) -> None:
    board = await a_board(db)
    keeper, topic = await a_facilitator(db, board), await a_topic(db, board=board)
    with pytest.raises(Forbidden):
        await phased(db, await an_account(db), topic)
    await phased(db, keeper, topic)
    early = await a_post(db, topic=topic)
    await actions.move_on(db, keeper, topic.topic_id, MovingOn(version=1))
    with pytest.raises(Conflict):
        await actions.move_on(db, keeper, topic.topic_id, MovingOn(version=1))
    found, post = await now_of(db, topic), await view(db, early.id)
    assert found.phase
    assert post
    assert (found.phase.name, found.phase.begins_at, post.phase) == (
        "アイデア",
        found.phases[0].ends_at,
        "課題出し",
    )
    # The phase that runs keeps its name, whatever was typed; what is over is out of reach.
    await actions.plan(db, keeper, topic.topic_id, course(2, name_1="別の名前"), UTC)
    assert [one.name for one in (await now_of(db, topic)).phases] == [
        "課題出し",
        "アイデア",
        "アイデア",
        "集約",
    ]
    with pytest.raises(Invalid):
        await actions.plan(db, keeper, topic.topic_id, course(3, name_1="", asks_1="", day_1=None), UTC)
    for version in (3, 4, 5):
        await actions.move_on(db, keeper, topic.topic_id, MovingOn(version=version))
    with pytest.raises(Conflict, match="もう終わって"):
        await actions.move_on(db, keeper, topic.topic_id, MovingOn(version=6))
    assert (await now_of(db, topic)).over
    await actions.plan(db, keeper, topic.topic_id, course(6), UTC)
    assert not (await now_of(db, topic)).closed
    await a_post(db, topic=topic)
    assert [line async for line in mismatches_of_phases(db)] == []


async def test_a_merged_discussion_is_discussed_no_more(db: Database) -> None:
    watcher, staff, keeper = await an_account(db), await a_staff_member(db), await a_moderator(db)
    topic, other = await phased(db, staff), await a_topic(db)
    await follow_topic(db, watcher.id or 0, topic.topic_id, Level.WATCH)
    assert topic.topic_id in [row.id for row in await phases.running(db, clock.now(), 4)]
    await merge(db, keeper, topic.topic_id, other.topic_id, Why("moderator", "同じ話です。"))
    assert topic.topic_id not in [row.id for row in await phases.running(db, clock.now(), 4)]
    assert topic.topic_id not in [end.topic_id for end in await community.ends(db, clock.now(), 99)]
    before = await told(db, watcher)
    with clock.at(clock.now() + WEEK + timedelta(hours=25)):
        await actions.turn(db, topic.topic_id)
    assert await told(db, watcher) == before
    with pytest.raises(Forbidden):
        await actions.plan(db, staff, topic.topic_id, course(1), UTC)


async def test_the_pages_say_where_a_discussion_is_and_until_when(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    keeper, topic = await a_staff_member(db), await a_topic(db)
    place = f"/topics/{topic.topic_id}/phases"
    assert "期間も段階もありません" in (await client.get(place)).text
    await login(client, keeper.id or 0)
    assert 'value="課題出し"' in (await client.get(place)).text
    form = {
        "version": "0",
        "name_1": "課題出し",
        "asks_1": "困りごとを書いてください。",
        "day_1": "2020-01-01",
    }
    assert (await client.post(place, data=form)).status_code == 422
    sent = {**form, "day_1": in_weeks(2).isoformat(), "words": "市の計画に間に合わせます。"}
    assert (await client.post(place, data=sent)).status_code == 303
    stale = await client.post(place, data=form | {"name_1": "長" * 21})
    [version] = parsed(stale).xpath(
        "//form[contains(@action, '/phases') and .//fieldset]//input[@name='version']/@value"
    )
    assert (stale.status_code, version) == (422, "0"), "nobody overwrites unasked what they have not seen"
    late = await client.post(place, data=sent)
    [version] = parsed(late).xpath(
        "//form[contains(@action, '/phases') and .//fieldset]//input[@name='version']/@value"
    )
    assert (late.status_code, version) == (409, "1")
    await a_post(db, topic=topic)
    shown = (await client.get(f"/topics/{topic.topic_id}")).text
    assert 'aria-current="step"' in shown
    assert "困りごとを書いてください。" in shown
    assert "書いた段階：" in shown
    assert "市の計画に間に合わせます。" in (await client.get(place)).text
    assert "期間を決めて話し合っています" in (await client.get("/")).text
    assert "最後の日：野川の緑" in (await client.get("/calendar.ics")).text.replace("\r\n ", "")
    assert (await client.post(f"{place}/next", data={"version": "1"})).status_code == 303
    assert "決めた期間が終わりました" in (await client.get(f"/topics/{topic.topic_id}")).text
    async with visitor(app) as guest:
        assert "受付は終わりました。読むことは" in (await guest.get(f"/topics/{topic.topic_id}")).text


async def test_a_topic_that_is_hidden_leads_to_no_course(client: httpx.AsyncClient, db: Database) -> None:
    topic = await phased(db)
    place = f"/topics/{topic.topic_id}"
    assert f'href="{place}/phases"' in (await client.get(place)).text
    await judging.hide(db, await a_moderator(db), topic.id)
    shown = (await client.get(place)).text
    assert "いまは「課題出し」の段階です。" in shown
    assert "/phases" not in shown
    assert (await client.get(f"{place}/phases")).status_code == 403
