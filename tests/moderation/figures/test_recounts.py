"""No post is ever lost: whoever takes one away behind the program's back is found out within a day, and it is told."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from forum import clock, jobs
from forum.access import Role
from forum.db import Database, connected
from forum.notifications import queries as notifications
from forum.posts.queries.posts import view
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Filing as Appeal
from moderation.figures import actions, rules
from moderation.figures.queries import recounts
from moderation.figures.rules import Count, Recount
from moderation.figures.web import recounts as web
from moderation.reviews.acts import Act
from moderation.rights import actions as rights
from tests.conftest import Login
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    actor,
    an_account,
    the_post,
)
from tests.forum.test_metrics import number
from tests.moderation.consultations.stories import SEAL
from tests.moderation.reviews.test_actions import decide, log_of, report
from tests.moderation.reviews.test_forging import tamper
from tests.moderation.reviews.test_sanctions import sanctioned
from tests.moderation.rights.test_requests import FILING
from tests.pages import leaves, text_of
from tests.waiting import waiting

TODAY = date(2026, 4, 2)
TOMORROW = TODAY + timedelta(days=1)


async def a_room(db: Database) -> dict[str, int]:
    """Five posts in two topics of one board: three visible, one of them reported, one held, one hidden."""
    board, moderator = await a_board(db), await a_moderator(db)
    topic, other = await a_topic(db, board=board), await a_topic(db, board=board)
    reported, hidden = await a_post(db, topic=topic), await a_post(db, topic=topic)
    held = await a_post(db, await a_newcomer(db), topic=topic)
    await decide(db, moderator, hidden, Act.HIDE)
    await report(db, reported)
    return {
        "board": board.id,
        "other": other.topic_id,
        "reported": reported.id,
        "hidden": hidden.id,
        "held": held.id,
    }


async def findings(db: Database, day: date = TODAY) -> list[str]:
    await actions.recount(db, day)
    last = await recounts.last(db)
    assert last is not None
    assert last.found == len(last.findings)
    return [*last.findings]


async def test_a_room_that_nobody_tampered_with_balances(db: Database) -> None:
    room = await a_room(db)
    assert await findings(db) == []
    last = await recounts.last(db)
    assert last is not None
    (found,) = await recounts.of_boards(db, [last.id], ["official"])
    assert (found.board_id, found.received) == (room["board"], 5)
    assert (found.visible, found.held, found.hidden, found.withdrawn) == (3, 1, 1, 0)
    assert (last.day, last.posts) == (TODAY, 5)


# What is done behind the program's back -> what the recount says of it
TAMPERED = {
    "delete from posts where id = {reported}": "board {board}: 1 fewer than the posts received",
    "update posts set state = 'gone' where id = {reported}": "board {board}: 1 fewer than the posts received",
    "update topics set last_number = last_number + 2 where id = {other}":
        "board {board}: 2 fewer than the posts received",
    "delete from topics where id = {other}": "posts without a topic: 1 more than the posts received",
    "update posts set state = 'visible' where id = {hidden}": "post {hidden}: visible after hide",
    "delete from review_items where post_id = {held}":
        "post {held}: waits for a moderator, and is not in the queue",
    "delete from reports": "post {reported}: is in the queue, and waits for nothing",
    "delete from decisions": "post {hidden}: hidden after no decision",
}  # fmt: skip


@pytest.mark.parametrize(("sql", "said"), TAMPERED.items())
async def test_what_was_tampered_with_is_found_and_named(db: Database, sql: str, said: str) -> None:
    room = await a_room(db)
    await db.run("alter table posts drop constraint posts_state_known")
    await tamper(db, sql.format(**room))
    assert said.format(**room) in await findings(db)


async def test_appeals_and_rights_requests_that_left_the_queue_are_missed(db: Database) -> None:
    room = await a_room(db)
    (line,) = await log_of(db, await the_post(db, room["hidden"]))
    author = await actor(db, (await the_post(db, room["hidden"])).author_id)
    appeal = await appeals.file(db, author, line.id, Appeal(body="違います。"))
    claimed = await view(db, room["reported"])
    assert claimed is not None
    request = await rights.file(db, SEAL, claimed, FILING)
    assert await findings(db) == []
    await tamper(db, "delete from review_items where kind in ('appeal', 'request')")
    assert await findings(db, TOMORROW) == [
        f"appeal {appeal}: waits for a moderator, and is not in the queue",
        f"rights request {request}: waits for a moderator, and is not in the queue",
    ]


async def test_a_topic_that_is_gone_with_all_its_posts_is_missed(db: Database) -> None:
    """The numbers that it gave out are gone with it; what the last recount found is not."""
    room = await a_room(db)
    assert await findings(db) == []
    await tamper(
        db, f"delete from revisions where post_id in (select id from posts where topic_id = {room['other']})"
    )
    await tamper(db, f"delete from posts where topic_id = {room['other']}")
    await tamper(db, f"delete from topics where id = {room['other']}")
    await a_post(db)
    for day in (TOMORROW, TOMORROW + timedelta(days=1)):  # it does not become right by being told once
        (lost,) = await findings(db, day)
        assert lost.endswith(f"5 on {TODAY}, and 4 now")


async def test_a_day_is_counted_once_but_what_does_not_balance_until_it_does(db: Database) -> None:
    room = await a_room(db)
    assert await actions.recount(db, TODAY)
    assert not await actions.recount(db, TODAY)
    await tamper(db, f"update posts set state = 'visible' where id = {room['hidden']}")
    assert await actions.recount(db, TOMORROW)
    assert not await actions.recount(db, TOMORROW)  # the same again is no news
    await tamper(db, f"update posts set state = 'hidden' where id = {room['hidden']}")
    assert await actions.recount(db, TOMORROW)
    found = await recounts.page(db, before=2**63 - 1, limit=9)
    assert [(recount.day, recount.balances) for recount in found] == [
        (TOMORROW, True),
        (TOMORROW, False),
        (TODAY, True),
    ]


async def test_what_is_missing_is_no_news_again_because_others_go_on_writing(db: Database) -> None:
    """An alarm that is mailed every hour is an alarm that nobody reads."""
    room = await a_room(db)
    topic = await the_post(db, room["held"])
    await tamper(db, f"delete from posts where id = {room['reported']}")
    assert await actions.recount(db, TODAY)
    await a_post(db, topic=topic)
    assert not await actions.recount(db, TODAY)
    await tamper(db, f"delete from posts where id = {room['hidden']}")
    assert await actions.recount(db, TODAY)


async def test_only_the_newest_recount_is_called_the_newest(
    db: Database, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "PER_PAGE", 1)
    await a_room(db)
    for day in (TODAY, TOMORROW):
        await actions.recount(db, day)
    pages = [text_of(leaf) async for leaf in leaves(client, "/moderation/recounts")]
    assert ["いちばん新しい点検" in text for text in pages] == [True, False]
    assert all("一致" in text for text in pages)


async def test_what_is_decided_while_a_recount_reads_is_no_finding(own_database: str) -> None:
    """It is public, mailed, and never taken back."""
    async with connected(own_database) as db:
        post, moderator = await a_post(db), await a_moderator(db)
        async with db.transaction():
            # Sanctions are read before, and restricted accounts when this is over.
            await db.run("lock table accounts in access exclusive mode")
            counting = await waiting(db, actions.recount(db, TODAY))
            await sanctioned(db, Act.SUSPEND, moderator, post)
        assert await counting
        last = await recounts.last(db)
        assert last is not None
        assert last.findings == []


async def test_administrators_and_nobody_else_are_told(db: Database) -> None:
    administrator, moderator = await an_account(db, Role.ADMINISTRATOR), await a_moderator(db)
    room = await a_room(db)
    await tamper(db, f"delete from posts where id = {room['reported']}")
    await actions.recount(db, TODAY)
    told = await notifications.page_of_account(db, administrator.id or 0, before=2**63 - 1, limit=9)
    assert [(one.kind, one.params["first"][0].split(":")[0]) for one in told] == [
        ("imbalance", f"board {room['board']}")
    ]
    assert not [
        one
        for one in await notifications.page_of_account(db, moderator.id or 0, before=2**63 - 1, limit=9)
        if one.kind == "imbalance"
    ]
    (queued,) = [state for state in await jobs.states(db) if state.name == "queued"]
    assert queued.jobs >= 1  # the mail


async def test_a_result_stays_as_it_was_written(db: Database) -> None:
    await a_room(db)
    await actions.recount(db, TODAY)
    for statement in (
        "update recounts set found = 0",
        "delete from recounts",
        "truncate recounts cascade",
        "update recounted_boards set received = 1",
        "delete from recounted_boards",
    ):
        with pytest.raises(Exception, match="immutable"):
            async with db.transaction():
                await db.run(statement)


async def test_the_alarm_is_on_every_page_of_moderators_until_it_balances(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    alarm = "数が合わないものが見つかりました"
    room, moderator = await a_room(db), await a_moderator(db)
    await tamper(db, f"update posts set state = 'visible' where id = {room['hidden']}")
    await actions.recount(db, TODAY)
    assert alarm not in (await client.get("/")).text
    await login(client, moderator.id or 0)
    for path in ("/", "/queue", "/guide", "/nowhere"):
        assert alarm in (await client.get(path)).text, path
    await tamper(db, f"update posts set state = 'hidden' where id = {room['hidden']}")
    await actions.recount(db, TODAY)
    assert alarm not in (await client.get("/")).text


async def test_the_number_for_prometheus(db: Database, client: httpx.AsyncClient) -> None:
    room = await a_room(db)
    assert await number(client, "forum_recount_findings") == 0
    assert await number(client, "forum_recount_age_seconds") == float("inf")
    with clock.at(datetime(2026, 4, 2, tzinfo=UTC)):
        await actions.recount(db, TODAY)
        assert await number(client, "forum_recount_findings") == 0
    await tamper(db, f"delete from posts where id = {room['reported']}")
    with clock.at(datetime(2026, 4, 3, tzinfo=UTC)):
        assert await number(client, "forum_recount_age_seconds") == 24 * 3600
        await actions.recount(db, TOMORROW)
        assert await number(client, "forum_recount_findings") >= 1


async def test_everyone_sees_the_numbers_and_moderators_what_is_wrong(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    staff = await a_staff_member(db)
    room = await a_room(db)
    secret = await a_topic(db, staff, board=await a_board(db, "staff"))
    assert "まだ点検の記録がありません" in (await client.get("/moderation/recounts")).text
    await actions.recount(db, TODAY)
    assert "一致" in (await client.get("/moderation/recounts")).text
    await tamper(db, f"update posts set state = 'visible' where id = {room['hidden']}")
    await actions.recount(db, TOMORROW)
    page, data = (
        await client.get("/moderation/recounts"),
        (await client.get("/open-data/recounts.json")).json(),
    )
    assert "不一致 1件" in page.text
    assert "visible after hide" not in page.text
    assert "ここに出ない会議室" in page.text
    newest, first = data["recounts"]
    assert (newest["day"], newest["balances"], first["balances"]) == ("2026-04-03", False, True)
    assert (newest["received"], newest["visible"], newest["held"], newest["hidden"]) == (6, 5, 1, 0)
    assert newest["other_boards"]["received"] == 1
    assert len(newest["boards"]) == 1
    await login(client, staff.id or 0)
    assert len((await client.get("/open-data/recounts.json")).json()["recounts"][0]["boards"]) == 2
    assert secret.id
    await login(client, (await a_moderator(db)).id or 0)
    assert "visible after hide" in (await client.get("/moderation/recounts")).text


def a_recount(day: date, *findings: str) -> Recount:
    return Recount(1, day, datetime(2026, 4, 2, tzinfo=UTC), 9, 5, len(findings), findings)


def test_when_to_count_again() -> None:
    good, bad = a_recount(TODAY), a_recount(TODAY, "board 1: …")
    assert rules.is_due(None, TODAY)
    assert rules.is_due(good, TOMORROW)
    assert rules.is_due(a_recount(TOMORROW), TODAY), "after a clock that was ahead"
    assert not rules.is_due(good, TODAY)
    assert rules.is_due(bad, TODAY)


def test_what_is_news() -> None:
    good, bad = a_recount(TODAY), a_recount(TODAY, "one")
    assert rules.is_news(None, TODAY, [])
    assert rules.is_news(good, TOMORROW, [])
    assert rules.is_news(a_recount(TOMORROW), TODAY, [])
    assert not rules.is_news(good, TODAY, [])
    assert not rules.is_news(bad, TODAY, ["one"])
    assert rules.is_news(bad, TODAY, ["two"])
    assert rules.is_news(bad, TODAY, [])
    assert rules.is_news(bad, TOMORROW, ["one"])


def test_what_balances() -> None:
    assert [*rules.imbalances([Count(1, 10, 4, 3, 2, 1), Count(2, 0, 0, 0, 0, 0)])] == []
    assert len([*rules.imbalances([Count(1, 10, 4, 3, 2, 0), Count(0, 0, 1, 0, 0, 0)])]) == 2
    assert [
        *rules.losses(None, 0),
        *rules.losses(a_recount(TODAY), 5),
        *rules.losses(a_recount(TODAY), 6),
    ] == []
    assert [*rules.losses(a_recount(TODAY), 4)]
