"""Reminders on the database and over HTTP: one notice for each person, once for each step, never a word of the posts."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from forum import clock
from forum.access import Actor, Role
from forum.boards import actions as boards
from forum.boards.rules import Board
from forum.db import Database, connected
from forum.posts.queries.posts import view
from forum.posts.rules import Post
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Filing
from moderation.reminders import actions, queries, web
from moderation.reminders.rules import Late, Reminder
from moderation.reviews.acts import Act
from moderation.rights import actions as rights
from moderation.rights.rules import Filing as RightsFiling
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
)
from tests.moderation.consultations.stories import SEAL, TOKYO
from tests.moderation.reviews.test_actions import decide, report, told
from tests.pages import links, parsed, text_of

START = datetime(2026, 4, 1, 3, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONE = ZoneInfo("Asia/Tokyo")
WORDS = "だれにも見せてはいけない言葉"


async def remind(db: Database, moment: datetime) -> int:
    with clock.at(moment):
        return await actions.remind(db, ZONE)


async def a_held_post(db: Database, board: Board) -> Post:
    with clock.at(START):
        topic = await a_topic(db, board=board, title="話題の名前")
        return await a_post(db, await a_newcomer(db), topic=topic, body=WORDS)


def items(queue: httpx.Response) -> set[int]:
    """The posts that it leads to."""
    paths = (link.partition("?")[0].removeprefix("/queue/") for link in links(parsed(queue)))
    return {int(path) for path in paths if path.isdigit()}


async def heard(db: Database, person: Actor) -> list[dict[str, object]]:
    return [notice.params for notice in await told(db, person) if notice.kind == "review_late"]


async def test_circles_hear_one_after_the_other_once_each(db: Database) -> None:
    board, everywhere, boss = (
        await a_board(db),
        await a_moderator(db),
        await an_account(db, Role.ADMINISTRATOR),
    )
    here = await an_account(db)
    await boards.give_role(db, board.id, here.id or 0, "moderator")
    section, other = await a_staff_member(db, board.section_id), await a_staff_member(db)
    await a_held_post(db, board)
    due = START + DAY
    heard_by: list[tuple[int, ...]] = []
    for moment in (
        due - HOUR,
        due,
        due + HOUR,
        due + DAY,
        due + 3 * DAY,
        due + 7 * DAY,
        due + 8 * DAY,
        due + 14 * DAY,
    ):
        await remind(db, moment)
        heard_by.append(
            tuple([len(await heard(db, one)) for one in (here, everywhere, section, boss, other)])
        )
    assert heard_by == [
        (0, 0, 0, 0, 0),
        (1, 1, 0, 0, 0),
        (1, 1, 0, 0, 0),
        (2, 2, 0, 0, 0),
        (3, 3, 1, 0, 0),
        (4, 4, 2, 1, 0),
        (4, 4, 2, 1, 0),
        (5, 5, 3, 2, 0),
    ]


async def test_everything_that_waits_comes_in_one_notice_without_a_word_of_it(db: Database) -> None:
    moderator, deciding, board, other = (
        await a_moderator(db),
        await a_moderator(db),
        await a_board(db),
        await a_board(db),
    )
    await a_held_post(db, board)
    await a_held_post(db, board)
    with clock.at(START):
        topic = await a_topic(db, board=other)
        await report(db, await a_post(db, topic=topic, body=WORDS))
        hidden = await a_post(db, topic=topic, body=WORDS)
        decision = await decide(db, deciding, hidden, Act.HIDE)
        await appeals.file(db, await actor(db, hidden.author_id), decision, Filing(body=WORDS))
        claimed = await view(db, (await a_post(db, topic=topic, body=WORDS)).id)
        assert claimed is not None
        filing = RightsFiling(
            post=str(claimed.id), infringed="privacy", words=WORDS, reason=WORDS, name="小金井花子"
        )
        await rights.file(db, SEAL, claimed, filing)
    assert await remind(db, START + 40 * DAY) == 5
    (params,) = await heard(db, moderator)
    counts = {
        (b["name"], k): b[k] for b in params["boards"] for k in ("held", "reported", "appeal", "request")
    }
    assert counts == {
        (board.name, "held"): 2, (board.name, "reported"): 0, (board.name, "appeal"): 0, (board.name, "request"): 0,
        (other.name, "held"): 0, (other.name, "reported"): 1, (other.name, "appeal"): 1, (other.name, "request"): 1,
    }  # fmt: skip
    assert params["number"] == 5
    # Whoever decided does not judge the appeal, and hears of the rest.
    assert [one["number"] for one in await heard(db, deciding)] == [4]
    assert WORDS not in repr([params, *await heard(db, deciding)])


async def test_what_was_decided_is_not_reminded_of_and_what_waits_again_begins_anew(db: Database) -> None:
    moderator, board = await a_moderator(db), await a_board(db)
    post = await a_held_post(db, board)
    assert await remind(db, START + DAY) == 1
    with clock.at(START + DAY + HOUR):
        await decide(db, moderator, post, Act.APPROVE)
    assert await remind(db, START + 5 * DAY) == 0
    with clock.at(START + 6 * DAY):
        await report(db, post)
    assert await remind(db, START + 7 * DAY + HOUR) == 1
    assert len(await heard(db, moderator)) == 2


async def test_an_author_who_still_has_time_to_answer_is_no_delay(db: Database) -> None:
    moderator = await a_moderator(db)
    with clock.at(START):
        claimed = await view(db, (await a_post(db)).id)
        assert claimed is not None
        filing = RightsFiling(
            post=str(claimed.id), infringed="privacy", words="家", reason="家です。", name="花子"
        )
        number = await rights.file(db, SEAL, claimed, filing)
        await rights.ask(db, moderator, number, TOKYO)
    assert await remind(db, START + 7 * DAY) == 0
    assert await remind(db, START + 20 * DAY) == 1


async def test_two_workers_at_the_same_moment_tell_it_once(own_database: str) -> None:
    async with connected(own_database) as db, connected(own_database) as other:
        moderator = await a_moderator(db)
        await a_held_post(db, await a_board(db))
        assert sum(await asyncio.gather(*(remind(one, START + DAY) for one in (db, other, db, other)))) == 1
        assert len(await heard(db, moderator)) == 1


async def test_of_two_things_with_one_number_the_one_is_told_that_nobody_told(db: Database) -> None:
    board, moderator = await a_board(db), await a_moderator(db)
    post, appeal = (
        Reminder(Late(kind, 1, board.id, START, (), None), board, 0, [moderator])
        for kind in ("held", "appeal")
    )
    assert await queries.add(db, [post], START) == {("held", 1)}
    assert await queries.add(db, [post, appeal], START) == {("appeal", 1)}


async def test_whoever_is_told_finds_numbers_where_the_reminder_leads(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    board, elsewhere = await a_board(db), await a_board(db)
    moderator = await a_moderator(db)
    section = await a_staff_member(db, board.section_id)
    for place in (board, elsewhere):
        await a_held_post(db, place)
    await remind(db, START + DAY)
    await remind(db, START + 4 * DAY)
    await login(client, section.id or 0)
    page = await client.get("/reminders")
    assert (page.status_code, board.name in page.text, elsewhere.name in page.text) == (200, True, False)
    assert "期限の3日後" in page.text
    assert not any(link.startswith("/queue") for link in links(parsed(page)))
    assert WORDS not in page.text
    assert (await client.get("/queue/overview")).status_code == 403
    await login(client, moderator.id or 0)
    for address in ("/reminders", "/queue/overview"):
        page = await client.get(address)
        assert board.name in page.text
        assert elsewhere.name in page.text
        assert "期限の3日後" in page.text
    await login(client, (await an_account(db)).id or 0)
    assert (await client.get("/reminders")).status_code == 403


async def test_the_record_goes_on_to_the_first_reminder(
    db: Database, client: httpx.AsyncClient, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "LINES", 3)
    moderator, places = await a_moderator(db), [await a_board(db), await a_board(db)]
    for board in places:
        await a_held_post(db, board)
    for day in (1, 2, 4):
        await remind(db, START + day * DAY)
    await login(client, moderator.id or 0)
    told_of, address = [], "/reminders"
    while address:
        page = parsed(await client.get(address))
        told_of += [text_of(row) for row in page.findall(".//section//tbody/tr")]
        address = next((link.get("href", "") for link in page.iterfind(".//a[@rel='next']")), "")
    assert len({*told_of}) == len(told_of) == 2 * 3
    assert page.find(".//a[@rel='prev']") is not None


async def test_a_number_leads_to_what_it_counts_if_its_reader_may_decide_on_it(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    section = await a_staff_member(db)
    here, elsewhere = await a_board(db, section_id=section.section_id), await a_board(db)
    posts = [await a_held_post(db, board) for board in (here, elsewhere)]
    await boards.give_role(db, elsewhere.id, section.id or 0, "moderator")
    await login(client, section.id or 0)
    with clock.at(START + 2 * DAY):
        page = parsed(await client.get("/reminders"))
        (address,) = {link for link in links(page) if link.startswith("/queue?")}
        assert items(await client.get(address)) == {posts[1].id}
    await login(client, (await a_moderator(db)).id or 0)
    with clock.at(START + 2 * DAY):
        for board, post in zip((here, elsewhere), posts, strict=True):
            address = f"/queue?kind=held&waiting=late&board={board.slug}"
            assert address in links(parsed(await client.get("/reminders")))
            assert items(await client.get(address)) == {post.id}


@pytest.mark.parametrize("locale", ["ja", "en"])
async def test_the_notice_can_be_read_by_those_who_decide_and_those_who_only_see_to_it(
    db: Database, client: httpx.AsyncClient, login: Login, locale: str
) -> None:
    client.cookies.set("locale", locale)
    board, moderator = await a_board(db), await a_moderator(db)
    section = await a_staff_member(db, board.section_id)
    await a_held_post(db, board)
    await remind(db, START + 4 * DAY)
    said = {"ja": ("確認をお願いします", "担当者に声をかける"), "en": ("Please look", "speak to them")}[
        locale
    ]
    for person, words in zip((moderator, section), said, strict=True):
        await login(client, person.id or 0)
        page = await client.get("/inbox")
        assert words in page.text
        assert (board.name if locale == "ja" else board.name_en) in page.text
        assert WORDS not in page.text
