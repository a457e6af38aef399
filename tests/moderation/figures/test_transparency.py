"""Moderation by year: every number is what happened, and none of them tells of whom."""

import csv
import io
import re
from collections import Counter
from datetime import UTC, datetime

import httpx
import pytest_asyncio
from starlette.applications import Starlette

from forum import clock
from forum.db import Database
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer
from moderation.appeals.rules import Filing as Appeal
from moderation.figures.years import Decided, Received, Reported, added
from moderation.reviews.acts import Act
from tests.conftest import Budget
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_staff_member, a_topic, actor, the_post
from tests.moderation.reviews.test_actions import decide, report
from tests.moderation.reviews.test_sanctions import sanctioned
from tests.moderation.rights.test_requests import claimed
from tests.pages import links, parsed, text_of


@pytest_asyncio.fixture
async def board(db: Database) -> str:
    """2025: one post at the last moment. 2026: five more; one approved, one hidden and restored, two reported."""
    moderator, here = await a_moderator(db), await a_board(db)
    with clock.at(datetime(2025, 12, 31, 14, 59, 59, tzinfo=UTC)):
        topic = await a_topic(db, board=here)
    newcomer = await a_newcomer(db)
    with clock.at(datetime(2025, 12, 31, 15, 0, tzinfo=UTC)):
        hidden, reported, dismissed = [await a_post(db, topic=topic) for _ in range(3)]
        held = await a_post(db, newcomer, topic=topic)
        await report(db, reported, rule=2)
        await report(db, dismissed, rule=4)
        await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    with clock.at(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)):
        await decide(db, moderator, hidden, Act.HIDE, rule=4)
        await decide(db, moderator, held, Act.APPROVE)
    with clock.at(datetime(2026, 3, 1, 3, 0, tzinfo=UTC)):
        await decide(db, moderator, dismissed, Act.DISMISS)
        await decide(db, moderator, hidden, Act.RESTORE)
        await a_post(db, topic=topic)
    return here.slug


async def test_a_year_is_told_as_it_was(client: httpx.AsyncClient, board: str) -> None:
    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        data = (await client.get("/transparency/2026.json")).json()
        rows = [
            *csv.DictReader(io.StringIO((await client.get("/transparency/2026.csv")).text.lstrip("\ufeff")))
        ]
        before = (await client.get("/transparency/2025.json")).json()
    assert (data["received"], data["held"], data["reports"], data["overturned"]) == (5, 1, 2, 1)
    assert data["decisions"] == {"hide": 1, "approve": 1, "dismiss": 1, "restore": 1}
    assert data["seconds_to_decision"]["held"] == {"decided": 1, "median": 3600, "p90": 3600}
    assert data["seconds_to_decision"]["reported"]["decided"] == 1
    assert (before["received"], before["decisions"]) == (1, {})
    assert {row["board"] for row in rows} == {board, ""}
    told = {(row["figure"], row["month"], row["rule"], row["what"]): row["number"] for row in rows}
    assert told["posts", "1", "", "received"] == "4"
    assert told["posts", "3", "", "received"] == "1"
    assert told["decisions", "1", "4", "overturned"] == "1"
    assert told["reports", "", "2", "open"] == told["reports", "", "4", "dismissed"] == "1"
    assert len(rows) == len(data["figures"])


async def test_the_page_says_the_same_in_few_statements(
    client: httpx.AsyncClient, board: str, queries: Budget
) -> None:
    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        async with queries(10):
            page = await client.get("/transparency")
        assert page.status_code == 200
        shown = text_of(parsed(page))
        assert "審査の年報 2026年 今日まで" in shown
        assert "受け付けた投稿5" in shown.replace(" ", "")
        assert not re.search(r"市民\d", shown)  # pen names
        assert "今日まで" not in text_of(parsed(await client.get("/transparency/2025")))
        for unknown in (
            "/transparency/2024",
            "/transparency/2027",
            "/transparency/2024.csv",
            "/transparency/0.json",
        ):
            assert (await client.get(unknown)).status_code == 404, unknown


async def test_a_room_without_posts_has_a_page_too(client: httpx.AsyncClient) -> None:
    assert "まだありません" in (await client.get("/transparency")).text


async def test_a_number_of_a_year_leads_to_the_decisions_of_that_year(
    db: Database, client: httpx.AsyncClient
) -> None:
    moderator, hidden = await a_moderator(db), list[int]()
    for year in (2025, 2026):
        with clock.at(datetime(year, 5, 1, tzinfo=UTC)):
            post = await a_post(db)
            await decide(db, moderator, post, Act.HIDE, rule=4)
            hidden.append(post.id)
    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        for year, post_id in zip((2025, 2026), hidden, strict=True):
            page = parsed(await client.get(f"/transparency/{year}"))
            (log,) = (link for link in links(page) if "act=hide" in link)
            found = links(parsed(await client.get(log)))
            assert {f"/posts/{number}" for number in hidden} & found == {f"/posts/{post_id}"}


async def test_a_held_post_waits_until_it_is_decided_whether_it_is_shown(
    db: Database, client: httpx.AsyncClient
) -> None:
    """A warning to its author is a decision, and leaves it waiting."""
    with clock.at(datetime(2026, 5, 1, tzinfo=UTC)):
        moderator, topic, newcomer = await a_moderator(db), await a_topic(db), await a_newcomer(db)
        post = await a_post(db, newcomer, topic=topic)
    with clock.at(datetime(2026, 5, 1, 1, tzinfo=UTC)):
        await sanctioned(db, Act.WARN, moderator, post)
    with clock.at(datetime(2026, 5, 1, 3, tzinfo=UTC)):
        await decide(db, moderator, await the_post(db, post.id), Act.APPROVE)
    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        data = (await client.get("/transparency/2026.json")).json()
    assert data["seconds_to_decision"]["held"] == {"decided": 1, "median": 3 * 3600, "p90": 3 * 3600}


def test_adding_up() -> None:
    year = added(
        [Received(1, 3, 5, 2), Received(2, 3, 1, 0), Received(1, 5, 4, 1)],
        [
            Decided(1, 4, "hide", 4, 3, 1),
            Decided(1, 6, "return", 4, 1, 0),
            Decided(2, 6, "approve", None, 2, 0),
        ],
        [Reported(1, 4, "hidden", 2), Reported(2, None, "open", 1)],
        [],
    )
    assert [(month.number, month.received, month.held, month.decided) for month in year.months()] == [
        (3, 6, 2, 0),
        (4, 0, 0, 3),
        (5, 4, 1, 0),
        (6, 0, 0, 3),
    ]
    assert [
        (rule.number, rule.hidden, rule.returned, rule.overturned, rule.reported) for rule in year.rules()
    ] == [
        (4, 3, 1, 1, 2),
        (None, 0, 0, 0, 1),
    ]
    assert [(one.board_id, one.received, one.reported, one.acts) for one in year.boards()] == [
        (1, 9, 2, Counter(hide=3, **{"return": 1})),
        (2, 1, 1, Counter(approve=2)),
    ]
    assert (year.posts, year.held, year.reports, year.overturned) == (10, 3, 3, 1)


async def test_appeals_and_rights_requests_are_counted_by_year(
    db: Database, app: Starlette, client: httpx.AsyncClient
) -> None:
    """A decision of last year that is overturned this year counts for last year."""
    with clock.at(datetime(2025, 12, 1, tzinfo=UTC)):
        post = await a_post(db)
        decision = await decide(db, await a_moderator(db), post, Act.HIDE, rule=4)
    with clock.at(datetime(2025, 12, 10, tzinfo=UTC)):
        author = await actor(db, post.author_id)
        number = await appeals.file(db, author, decision, Appeal(body="宣伝ではありません。"))
    with clock.at(datetime(2026, 1, 5, tzinfo=UTC)):
        await appeals.answer(
            db, await a_moderator(db), number, Answer(outcome="overturned", reason="そのとおりです。")
        )
        await claimed(db, app.state.site)
    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        told = [(await client.get(f"/transparency/{year}.json")).json()["figures"] for year in (2025, 2026)]
        pages = [text_of(parsed(await client.get(f"/transparency/{year}"))) for year in (2025, 2026)]
    before, after = [{(row["figure"], row["what"]): row["number"] for row in rows} for rows in told]
    assert before["appeals", "hide filed"] == before["appeals", "hide overturned"] == 1
    assert ("appeals", "hide filed") not in after
    assert after["rights_requests", "privacy received"] == 1
    assert ("rights_requests", "privacy received") not in before
    assert "この年の判断への異議申立ては、まだありません。" in pages[1]
    assert "プライバシー" in pages[1]
    assert "プライバシー" not in pages[0]
