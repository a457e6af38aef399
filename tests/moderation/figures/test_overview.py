"""審査の状況: what waits, what comes and goes, and how often moderators agree; for moderators, on their boards."""

from datetime import UTC, date, datetime, timedelta

import httpx

from forum import clock
from forum.boards import actions as boards
from forum.db import Database
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer, Filing
from moderation.figures.overview import DAYS, Day, every_day
from moderation.figures.queries import overview
from moderation.reviews.acts import Act
from tests.conftest import Budget, Login
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_topic, actor, an_account, the_post
from tests.moderation.reviews.test_actions import decide, report
from tests.moderation.reviews.test_sanctions import sanctioned

NOON = datetime(2026, 4, 10, 3, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=90)


async def test_what_waits_is_counted_by_board_and_by_whether_it_is_late(db: Database) -> None:
    moderator, here, there = await a_moderator(db), await a_board(db), await a_board(db)
    newcomer = await a_newcomer(db)
    with clock.at(NOON - timedelta(hours=30)):
        topic = await a_topic(db, board=here)
        await a_post(db, newcomer, topic=topic)
    with clock.at(NOON - timedelta(hours=1)):
        await a_post(db, newcomer, topic=topic)
        await report(db, await a_post(db, topic=topic))
    found = {board.slug: board for board in await overview.waiting(db, moderator, NOON)}
    assert (found[here.slug].in_time, found[here.slug].late) == (2, 1)
    assert found[here.slug].oldest == NOON - timedelta(hours=30)
    assert (found[there.slug].in_time, found[there.slug].late, found[there.slug].oldest) == (0, 0, None)


async def test_what_came_and_what_was_decided_is_counted_by_day(db: Database) -> None:
    moderator, newcomer = await a_moderator(db), await a_newcomer(db)
    with clock.at(NOON - timedelta(days=1)):
        held, reported = await a_post(db, newcomer), await a_post(db)
        await report(db, reported)
    with clock.at(NOON):
        await decide(db, moderator, held, Act.APPROVE)
        await decide(db, moderator, reported, Act.HIDE)
    today = date(2026, 4, 10)
    found = await overview.days(db, moderator, LONG_AGO, "Asia/Tokyo")
    assert found == [Day(today, 0, 0, 2), Day(today - timedelta(days=1), 1, 1, 0)]
    every = every_day(found, today)
    assert len(every) == DAYS
    assert (every[:2], every[2]) == (found, Day(today - timedelta(days=2), 0, 0, 0))


async def test_moderators_agree_when_the_next_one_comes_to_the_same(db: Database) -> None:
    one, other = await a_moderator(db), await a_moderator(db)
    with clock.at(NOON):
        restored, left, kept = await a_post(db), await a_post(db), await a_post(db, await a_newcomer(db))
        await decide(db, one, restored, Act.HIDE)
        await decide(db, other, restored, Act.RESTORE)
        await decide(db, one, kept, Act.APPROVE)
        await report(db, kept)
        await decide(db, other, kept, Act.DISMISS)
        await decide(db, one, left, Act.HIDE, rule=2)
        await decide(db, one, left, Act.RESTORE)  # a second thought of the same person is no second opinion
    found = {who.account_id: who for who in await overview.moderators(db, one, LONG_AGO)}
    assert [
        (who.decided, who.seconded, who.agreed) for who in (found[one.id or 0], found[other.id or 0])
    ] == [
        (4, 2, 1),
        (2, 0, 0),
    ]
    ruled = await overview.ruled(db, one, LONG_AGO)
    # On the one that was reported under rule 4 and left, they agreed; on the one that was hidden under it, they did not.
    assert [(row.rule, row.hidden, row.overturned, row.seconded, row.agreed) for row in ruled] == [
        (2, 1, 1, 0, 0),
        (4, 1, 1, 2, 1),
    ]
    by_board = {row.slug: row for row in await overview.boarded(db, one, LONG_AGO)}
    [slug] = await db.rows(
        "select b.slug from boards b join topics t on t.board_id = b.id where t.id = :id", id=kept.topic_id
    )
    mine = by_board[slug["slug"]]
    assert (mine.decided, mine.hidden, mine.overturned, mine.seconded, mine.agreed) == (2, 0, 0, 1, 1)
    assert sum(row.overturned for row in by_board.values()) == 2


async def test_two_agree_under_a_rule_when_reports_are_dismissed_twice_or_an_appeal_is_refused(
    db: Database,
) -> None:
    one, other = await a_moderator(db), await a_moderator(db)
    left, hidden = await a_post(db), await a_post(db)
    for moderator in (one, other):
        await report(db, left, rule=3)
        await decide(db, moderator, left, Act.DISMISS)
    decision = await decide(db, one, hidden, Act.HIDE, rule=4)
    number = await appeals.file(db, await actor(db, hidden.author_id), decision, Filing(body="違います。"))
    await appeals.answer(db, other, number, Answer(outcome="upheld", reason="そのとおりです。"))
    ruled = await overview.ruled(db, one, LONG_AGO)
    assert [(row.rule, row.hidden, row.seconded, row.agreed) for row in ruled] == [(3, 0, 1, 1), (4, 1, 1, 1)]
    found = {who.account_id: who for who in await overview.moderators(db, one, LONG_AGO)}
    assert (found[one.id or 0].seconded, found[one.id or 0].agreed) == (2, 2)


async def test_what_says_nothing_about_a_post_comes_between_no_two_judgements(db: Database) -> None:
    one, other, third = [await a_moderator(db) for _ in range(3)]
    post = await a_post(db)
    await decide(db, one, post, Act.HIDE)
    await sanctioned(db, Act.WARN, third, await the_post(db, post.id))
    await decide(db, other, post, Act.RESTORE)
    found = {who.account_id: who for who in await overview.moderators(db, one, LONG_AGO)}
    assert (found[one.id or 0].seconded, found[one.id or 0].agreed) == (1, 0)
    assert (found[third.id or 0].decided, found[third.id or 0].seconded) == (1, 0)
    assert (found[other.id or 0].decided, found[other.id or 0].seconded) == (1, 0)


async def test_a_moderator_of_one_board_sees_that_board_alone(
    db: Database, client: httpx.AsyncClient, login: Login, queries: Budget
) -> None:
    here, there, moderator = await a_board(db), await a_board(db), await a_moderator(db)
    for board in (here, there):
        await decide(db, moderator, await a_topic(db, board=board), Act.HIDE)
    resident = await an_account(db)
    await boards.give_role(db, here.id, resident.id or 0, "moderator")
    mine = await actor(db, resident.id or 0)
    assert [board.slug for board in await overview.waiting(db, mine, NOON)] == [here.slug]
    assert [row.hidden for row in await overview.ruled(db, mine, LONG_AGO)] == [1]
    assert [(row.slug, row.decided) for row in await overview.boarded(db, mine, LONG_AGO)] == [(here.slug, 1)]
    assert [row.decided for row in await overview.moderators(db, mine, LONG_AGO)] == [1]
    await login(client, resident.id or 0)
    async with queries(10):  # one for each table, however many boards there are
        page = await client.get("/queue/overview")
    assert here.name in page.text
    assert there.name not in page.text


async def test_nobody_else_sees_it(db: Database, client: httpx.AsyncClient, login: Login) -> None:
    assert (await client.get("/queue/overview")).status_code in (303, 403)
    await login(client, (await an_account(db)).id or 0)
    assert (await client.get("/queue/overview")).status_code == 403
