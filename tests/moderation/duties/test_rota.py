"""The rota on the database and over HTTP: entering, handing over, the calendar, and who is reminded first."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, Role
from forum.accounts import actions as accounts
from forum.app import create_app
from forum.boards.rules import Board
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from forum.settings import Settings
from moderation.duties import actions, queries
from moderation.duties.rules import DAYS_AHEAD_MAX, Entry, Handover
from tests.conftest import Budget, Login, visitor
from tests.factories import a_board, a_board_moderator, a_moderator, a_staff_member, an_account
from tests.moderation.reminders.test_reminding import DAY, START, a_held_post, heard, remind
from tests.moderation.reviews.test_actions import told
from tests.pages import actions as actions_of
from tests.pages import leaves, parsed, text_of

TODAY = date(2026, 4, 1)
NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)


async def enter(
    db: Database,
    by: Actor,
    who: Actor | None = None,
    board: Board | None = None,
    *,
    days: int = 1,
    after: int = 0,
) -> None:
    start = TODAY + timedelta(days=after)
    entry = Entry(
        account_id=(who or by).id or 0,
        board_id=board.id if board else 0,
        start=start,
        end=start + timedelta(days=days - 1),
    )
    await actions.enter(db, by, entry, TODAY)


async def days_of(db: Database, person: Actor) -> list[tuple[date, int | None]]:
    return [(duty.day, duty.board_id) for duty in await queries.of_person(db, person.id or 0, TODAY)]


async def news(db: Database, person: Actor) -> list[str]:
    return [notice.params["news"] for notice in await told(db, person) if notice.kind == "duty_changed"]


async def test_a_moderator_enters_days_once_and_others_hear_of_it(db: Database) -> None:
    board, everywhere = await a_board(db), await a_moderator(db)
    here = await a_board_moderator(db, board)
    for _ in range(2):
        await enter(db, everywhere, days=2)
        await enter(db, everywhere, here, board)
    assert await days_of(db, everywhere) == [(TODAY, None), (TODAY + timedelta(days=1), None)]
    assert await days_of(db, here) == [(TODAY, board.id)]
    assert (await news(db, here), await news(db, everywhere)) == (["entered"], [])


async def test_nobody_is_entered_where_they_do_not_moderate(db: Database) -> None:
    board, other = await a_board(db), await a_board(db)
    here, everywhere, staff = (
        await a_board_moderator(db, board),
        await a_moderator(db),
        await a_staff_member(db),
    )
    for who, place in ((here, other), (here, None), (staff, board), (await an_account(db), board)):
        with pytest.raises(Invalid):
            await enter(db, everywhere, who, place)
    for by, place in ((here, None), (here, other), (staff, board)):
        with pytest.raises(Forbidden):
            await enter(db, by, everywhere, place)


async def test_a_day_is_handed_over_taken_over_and_given_up(db: Database) -> None:
    one, other = await a_moderator(db), await a_moderator(db)
    await enter(db, one)
    (duty,) = await queries.of_person(db, one.id or 0, TODAY)
    hand = Handover(holder=one.id or 0, account_id=other.id or 0)
    await actions.hand_over(db, one, duty.id, hand, TODAY)
    assert (await days_of(db, one), await days_of(db, other)) == ([], [(TODAY, None)])
    with pytest.raises(Conflict):  # once more, from a page that is old
        await actions.hand_over(db, one, duty.id, hand, TODAY)
    (duty,) = await queries.of_person(db, other.id or 0, TODAY)
    await actions.hand_over(db, one, duty.id, Handover(holder=other.id or 0, account_id=one.id or 0), TODAY)
    (duty,) = await queries.of_person(db, one.id or 0, TODAY)
    with pytest.raises(Conflict):
        await actions.leave(db, one, duty.id, one.id or 0, TODAY + timedelta(days=1))
    await actions.leave(db, other, duty.id, one.id or 0, TODAY)
    assert (await days_of(db, one), await days_of(db, other)) == ([], [])
    assert (await news(db, other), await news(db, one)) == (["relieved", "entered"], ["relieved"])


async def test_handing_over_to_somebody_who_is_there_already_leaves_one_of_them(db: Database) -> None:
    one, other = await a_moderator(db), await a_moderator(db)
    for who in (one, other):
        await enter(db, who)
    (duty,) = await queries.of_person(db, one.id or 0, TODAY)
    await actions.hand_over(db, one, duty.id, Handover(holder=one.id or 0, account_id=other.id or 0), TODAY)
    assert (await days_of(db, one), await days_of(db, other)) == ([], [(TODAY, None)])
    assert (await news(db, one), await news(db, other)) == ([], []), "neither hears of a day that they had"


async def test_whoever_loses_the_office_is_on_duty_no_more(db: Database) -> None:
    one, other = await a_moderator(db), await a_moderator(db)
    await enter(db, one)
    assert [duty.account_id for duty in await queries.between(db, other, TODAY, TODAY)] == [one.id]
    await accounts.change_role(db, one.id or 0, Role.RESIDENT, None)
    assert await queries.between(db, other, TODAY, TODAY) == []


async def test_whoever_is_on_duty_is_reminded_first_and_alone(db: Database) -> None:
    board, other = await a_board(db), await a_moderator(db)
    here, boss = await a_board_moderator(db, board), await an_account(db, Role.ADMINISTRATOR)
    with clock.at(START):
        await enter(db, boss, here, board, after=1)
    await a_held_post(db, board)
    await remind(db, START + DAY)
    assert [len(await heard(db, one)) for one in (here, other, boss)] == [1, 0, 0]
    await remind(db, START + 2 * DAY)
    assert [len(await heard(db, one)) for one in (here, other, boss)] == [2, 1, 0]


async def test_the_page_shows_gaps_and_takes_one_click(
    db: Database, client: httpx.AsyncClient, login: Login, queries: Budget
) -> None:
    board, elsewhere = await a_board(db), await a_board(db)
    here, colleague = await a_board_moderator(db, board), await a_board_moderator(db, board)
    await login(client, here.id or 0)
    with clock.at(NOON):
        page = await client.get("/rota")
        assert page.text.count(">空き<") == 26
        assert board.name in page.text
        assert elsewhere.name not in page.text
        days = {"start": "2026-04-01", "end": "2026-04-01"}
        form = {"account_id": str(here.id), "board_id": str(board.id), **days}
        assert (await client.post("/rota", data=form)).status_code == 303
        async with queries(9):
            page = await client.get("/rota")
        assert page.text.count(">空き<") == 25
        assert f"{colleague.pen_name}さんに代わってもらう" in text_of(parsed(page))
        assert f"今日の当番：{here.pen_name} あなた" in text_of(parsed(await client.get("/queue")))
        action = re.findall(r'action="(/rota/\d+/hand-over)"', page.text)[0]
        wish = {"holder": str(here.id), "account_id": str(colleague.id)}
        assert (await client.post(action, data=wish)).status_code == 303
        assert (await client.post(action, data=wish)).status_code == 409
        assert f"今日の当番：{colleague.pen_name}" in text_of(parsed(await client.get("/queue")))
        refused = await client.post("/rota", data=form | {"end": "2026-03-01"})
        assert (refused.status_code, "31日以内" in refused.text) == (422, True)


async def test_a_day_months_ahead_is_found_handed_over_and_taken_back(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    one, other = await a_moderator(db), await a_moderator(db)
    await login(client, one.id or 0)
    day = TODAY + timedelta(days=DAYS_AHEAD_MAX)
    form = {"account_id": str(one.id), "board_id": "0", "start": day.isoformat(), "end": day.isoformat()}
    with clock.at(NOON):
        pages = [page async for page in leaves(client, "/rota")]
        assert [page.get("aria-current") for page in pages[-1].iter("tr")].count("date") == 0
        place = (await client.post("/rota", data=form)).headers["location"]
        assert [
            str(action) for action in actions_of(parsed(await client.get("/rota"))) if "leave" in action
        ] == []
        for holder, taker in ((one, other), (other, one)):
            (action,) = [to for to in actions_of(parsed(await client.get(place))) if to.endswith("hand-over")]
            wish = {"holder": str(holder.id), "account_id": str(taker.id)}
            assert (await client.post(action, data=wish)).headers["location"] == place
        (action,) = [to for to in actions_of(parsed(await client.get(place))) if to.endswith("leave")]
        left = await client.post(action, data={"holder": str(one.id)})
        assert left.headers["location"] == place
        assert (await days_of(db, one), await days_of(db, other)) == ([], [])
        assert (await client.get(f"/rota?page={len(pages) + 1}")).status_code == 404
        assert (await client.get("/rota?page=0")).status_code == 404


async def test_the_rota_is_for_moderators(db: Database, client: httpx.AsyncClient, login: Login) -> None:
    for person in (await an_account(db), await a_staff_member(db)):
        await login(client, person.id or 0)
        assert (await client.get("/rota")).status_code == 403
        assert (await client.post("/rota/calendar")).status_code == 403


async def test_a_calendar_is_read_without_login_until_its_address_is_renewed(
    db: Database, client: httpx.AsyncClient, login: Login, app: Starlette
) -> None:
    moderator = await a_moderator(db)
    await login(client, moderator.id or 0)
    with clock.at(NOON):
        await enter(db, moderator, days=3)
        assert "calendar.ics" not in (await client.get("/rota")).text
        addresses = []
        for _ in range(2):
            await client.post("/rota/calendar")
            found = re.search(r'value="[^"]*(/rota/[^"]+/calendar.ics)"', (await client.get("/rota")).text)
            assert found
            addresses.append(unescape(found[1]))
        async with visitor(app) as guest:
            old, new = [await guest.get(address) for address in addresses]
            assert (await guest.get("/rota/made-up/calendar.ics")).status_code == 404
            assert old.status_code == 404
            assert new.headers["content-type"].startswith("text/calendar")
            assert new.text.count("BEGIN:VEVENT") == 3
            await accounts.change_role(db, moderator.id or 0, Role.RESIDENT, None)
            assert (await guest.get(addresses[1])).status_code == 404


async def test_a_calendar_of_an_office_that_waits_for_a_second_factor_is_not_there(
    db: Database, client: httpx.AsyncClient, login: Login, settings: Settings, migrated_url: str
) -> None:
    await login(client, (await a_moderator(db)).id or 0)
    await client.post("/rota/calendar")
    found = re.search(r'value="[^"]*(/rota/[^"]+/calendar.ics)"', (await client.get("/rota")).text)
    assert found
    assert (await client.get(found[1])).status_code == 200
    demanding = create_app(settings.model_copy(update={"second_factor": "required"}), db, migrated_url)
    async with visitor(demanding) as guest:
        assert (await guest.get(found[1])).status_code == 404
