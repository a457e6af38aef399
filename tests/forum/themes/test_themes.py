"""Proposed themes: words of residents that wait for supporters, reviewed like posts, and begin by themselves."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock, jobs
from forum.access import Actor
from forum.boards.rules import Board
from forum.db import Database
from forum.errors import Forbidden, Invalid, NotFound
from forum.notifications import queries as notifications
from forum.posts.queries import posts
from forum.themes import actions, queries, rules
from forum.themes.proofs import mismatches
from forum.themes.rules import LASTS, LOOKS_AGAIN, Proposal, Wish
from forum.topics import queries as topics
from moderation.reviews.acts import Act
from tests import judging
from tests.conftest import Login, visitor
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_staff_member, an_account, the_post
from tests.moderation.reviews.test_actions import report
from tests.moderation.reviews.test_sanctions import sanctioned
from tests.pages import leaves, links

NEEDS = 3
SUPPORT, WITHDRAW = Wish(wish="support"), Wish(wish="withdraw")
TITLE = "ベンチにひじかけを"

# The last day counts whole.
OVER = LASTS + timedelta(days=1)


async def a_theme(
    db: Database, by: Actor | None = None, board: Board | None = None, *, needs: int = NEEDS
) -> int:
    board = board or await a_board(db)
    proposal = Proposal(title=TITLE, body="立ち上がるときに助かります。", board_id=board.id)
    return await actions.propose(db, by or await an_account(db), proposal, needs)


async def support(db: Database, number: int, by: Actor | None = None, wish: Wish = SUPPORT) -> int:
    """How many support it then."""
    await actions.wish(db, by or await an_account(db), number, wish)
    theme = await queries.theme(db, number)
    assert theme is not None
    return theme.supports


async def on_board(db: Database, board: Board) -> list[str]:
    rows = await topics.page_of_board(db, board.id, before=None, viewer_id=None, sees_held=False, limit=9)
    assert [row.id for row in await topics.latest_of_boards(db, [board.id], 9)] == [row.id for row in rows]
    return [row.title for row in rows]


async def test_a_theme_begins_when_enough_people_support_it(db: Database) -> None:
    author, board = await an_account(db), await a_board(db)
    number, friend = await a_theme(db, author, board), await an_account(db)
    assert [await support(db, number, friend) for _ in range(2)] == [2, 2]
    assert await support(db, number, friend, WITHDRAW) == 1
    assert await support(db, number, friend) == 2
    assert await on_board(db, board) == []
    opening = await posts.opening(db, number)
    assert opening is not None
    with pytest.raises(Forbidden):
        await a_post(db, topic=opening)
    with pytest.raises(Forbidden):
        await support(db, number, await a_staff_member(db))
    with clock.at(clock.now() + OVER), pytest.raises(Forbidden, match="期限"):
        await support(db, number)
    assert await support(db, number) == NEEDS
    assert await on_board(db, board) == [TITLE]
    await a_post(db, topic=opening)
    with pytest.raises(Forbidden, match="もう始まって"):
        await support(db, number, friend, WITHDRAW)
    for person in (author, friend):
        inbox = await notifications.page_of_account(db, person.id or 0, before=2**62, limit=9)
        assert "theme_opened" in [one.kind for one in inbox]
    assert await queries.supporters(db, number) == []
    assert [line async for line in mismatches(db)] == []


async def test_however_many_supported_a_theme_they_are_told_in_the_same_few_statements(db: Database) -> None:
    spent = []
    for needs in (2, 8):
        number = await a_theme(db, needs=needs)
        for _ in range(needs - 2):
            await support(db, number)
        last = await an_account(db)
        before = db.statements
        assert await actions.wish(db, last, number, SUPPORT)
        spent.append(db.statements - before)
    assert spent[0] == spent[1]


async def test_whoever_proposed_a_theme_hears_that_it_found_too_few(db: Database) -> None:
    author, board = await an_account(db), await a_board(db)
    waits, begins, goes = [await a_theme(db, author, board) for _ in range(3)]
    await support(db, waits)
    for _ in range(NEEDS - 1):
        await support(db, begins)
    hidden = await posts.opening(db, goes)
    assert hidden is not None
    await judging.hide(db, await a_moderator(db), hidden.id)
    for days in (LASTS - timedelta(days=1), OVER):
        with clock.at(clock.now() + days):
            for number in (waits, begins, goes):
                await actions.end(db, number)
        inbox = await notifications.page_of_account(db, author.id or 0, before=2**62, limit=9)
        ended = [(one.url, one.params["supports"]) for one in inbox if one.kind == "theme_ended"]
        assert ended == ([(f"/themes/{waits}", 2)] if days == OVER else [])


async def test_of_a_theme_that_is_shown_again_after_its_end_its_author_hears_then(db: Database) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    number = await a_theme(db, author)
    opening = await posts.opening(db, number)
    assert opening is not None
    await judging.hide(db, moderator, opening.id)

    async def ended(days: timedelta) -> tuple[int, int]:
        """How often the author has heard, and how often somebody will look again, after the job of that day."""
        await jobs.cancel(db, "end_theme")
        with clock.at(clock.now() + days):
            await actions.end(db, number)
        inbox = await notifications.page_of_account(db, author.id or 0, before=2**62, limit=9)
        return sum(one.kind == "theme_ended" for one in inbox), len(await jobs.waiting(db, "end_theme"))

    assert await ended(OVER) == (0, 1)
    assert await ended(LASTS + OVER) == (0, 0)
    await judging.restore(db, moderator, opening.id)
    assert await ended(OVER + LOOKS_AGAIN) == (1, 0)


async def test_who_is_suspended_is_counted_with_what_they_supported_before(db: Database) -> None:
    friend, number = await an_account(db), await a_theme(db)
    assert await support(db, number, friend) == 2
    await sanctioned(db, Act.SUSPEND, await a_moderator(db), await a_post(db, friend))
    theme = await queries.theme(db, number)
    assert theme is not None
    assert theme.supports == 2
    assert await support(db, number) == NEEDS
    assert [line async for line in mismatches(db)] == []


async def test_what_nobody_reviewed_is_shown_to_nobody_else(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, board = await a_newcomer(db), await a_board(db)
    number = await a_theme(db, author, board)
    opening = await posts.opening(db, number)
    assert opening is not None
    with pytest.raises(NotFound):
        await support(db, number)
    async with visitor(app) as guest:
        assert (await guest.get(f"/themes/{number}")).status_code == 404
        assert TITLE not in (await guest.get("/themes")).text
        await login(client, author.id or 0)
        assert TITLE in (await client.get(f"/themes/{number}")).text
        moderator = await a_moderator(db)
        await judging.approve(db, moderator, opening.id)
        assert TITLE in (await guest.get("/themes")).text
        assert await on_board(db, board) == []
        await report(db, await the_post(db, opening.id))
        await judging.hide(db, moderator, opening.id)
        for place in ("/themes", f"/themes/{number}"):
            assert TITLE not in (await guest.get(place)).text
    with pytest.raises(Forbidden):
        await support(db, number)


async def test_a_theme_is_proposed_and_supported_on_its_pages(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, board, staff_room = await an_account(db), await a_board(db), await a_board(db, "staff")
    async with visitor(app) as guest:
        assert "/login" in (await guest.get("/themes/new")).headers["location"]
    await login(client, author.id or 0)
    assert f'value="{board.id}"' in (await client.get("/themes/new")).text
    form = {"title": TITLE, "body": "助かります。", "board_id": str(staff_room.id)}
    assert "<p>助かります。</p>" in (await client.post("/themes/preview", data=form)).text
    await client.post("/drafts", data=form | {"place": "theme", "at": "/themes/new", "draft": ""})
    assert TITLE in (await client.get("/themes/new")).text
    assert (await client.post("/themes", data=form)).status_code == 422
    place = (await client.post("/themes", data=form | {"board_id": str(board.id)})).headers["location"]
    number = int(place.rsplit("/", 1)[1])
    again = await client.post("/themes", data=form | {"board_id": str(board.id)})
    assert again.headers["location"] == place, "its answer may have got lost on the way"
    opening = await posts.opening(db, number)
    assert opening is not None
    found = await client.get(f"/posts/{opening.id}", follow_redirects=True)
    assert found.url.path == place
    assert "支持1人（あと4人）" in found.text
    await client.post(f"{place}/support", data={"wish": "withdraw"})
    assert "支持0人（あと5人）" in (await client.get("/themes")).text
    for _ in range(4):
        await support(db, number)
    assert (
        "始まりました"
        in (await client.post(f"{place}/support", data={"wish": "support"}, follow_redirects=True)).text
    )
    assert (await client.get(place)).headers["location"] == f"/topics/{number}"
    assert "支持5人" in (await client.get("/themes")).text


async def test_only_readable_boards_are_offered(db: Database) -> None:
    with pytest.raises(Invalid):
        await a_theme(db, board=await a_board(db, "staff"))


async def test_all_that_waits_and_all_that_began_is_found_page_by_page(
    client: httpx.AsyncClient, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "THEMES_SHOWN", 2)
    monkeypatch.setattr(rules, "OPENED_SHOWN", 1)
    author, board = await an_account(db), await a_board(db)
    waiting, began = [[await a_theme(db, author, board) for _ in range(3)] for _ in range(2)]
    friends = [await an_account(db) for _ in range(NEEDS - 1)]
    for number in began:
        for friend in friends:
            await support(db, number, friend)
    found = [link for leaf in [leaf async for leaf in leaves(client, "/themes")] for link in links(leaf)]
    for place in (*(f"/themes/{number}" for number in waiting), *(f"/topics/{number}" for number in began)):
        assert found.count(place) == 1


async def test_the_last_day_of_a_theme_ends_when_it_ends_in_the_town(db: Database) -> None:
    with clock.at(datetime(2026, 4, 1, 1, 30, tzinfo=UTC)):
        number = await a_theme(db, await an_account(db))
    theme = await queries.theme(db, number)
    assert theme is not None
    assert theme.ends_at == datetime(2026, 6, 30, 15, tzinfo=UTC)
