"""Verified residents: a number, a look at a card, and nothing that is kept of it but the day and the clerk."""

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, can_be_named
from forum.accounts.actions.leaving import leave
from forum.accounts.queries import identity
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid
from forum.i18n import in_locale
from forum.pace.rules import LIMITS
from forum.people.queries.takeouts import everything
from forum.posts.rules import State
from forum.residents import actions, queries
from forum.residents.rules import NUMBER_LASTS, Ending, Presented, Verification
from forum.slices import PORTIONS
from forum.text import fold
from tests.conftest import Login, visitor
from tests.factories import a_moderator, a_newcomer, a_post, a_staff_member, actor, an_account
from tests.pages import parsed, problems, text_of, values
from tests.waiting import waiting

MOVED = Ending(reason="市の外に引っ越したとのことです。")


async def verified(db: Database, clerk: Actor, resident: Actor) -> Actor:
    number = (await actions.ask_for_number(db, resident)).number
    await actions.verify(db, clerk, Verification(number=number, seen="on"))
    return await actor(db, resident.id or 0)


async def test_somebody_is_verified_at_the_counter(app: Starlette, db: Database, login: Login) -> None:
    resident, clerk = await a_newcomer(db), await a_staff_member(db)
    async with visitor(app) as theirs, visitor(app) as desk:
        await login(theirs, resident.id or 0)
        await login(desk, clerk.id or 0)
        assert (await theirs.post("/account/residence")).headers["location"] == "/account/residence"
        shown = await theirs.get("/account/residence")
        number = text_of(next(each for each in parsed(shown).iter("b") if each.get("class") == "mono"))
        found = await desk.post("/residents", data={"number": number})
        assert f"{resident.pen_name}さんの番号です" in text_of(parsed(found))
        form = values(parsed(found))
        unseen = await desk.post("/residents/verify", data=form)
        assert (unseen.status_code, list(problems(parsed(unseen)))) == (422, ["seen"])
        assert f"{resident.pen_name}さんの番号です" in text_of(parsed(unseen)), "the clerk goes on from there"
        done = await desk.post("/residents/verify", data=form | {"seen": "on"})
        twice = await desk.post("/residents/verify", data=form | {"seen": "on"})
        assert done.headers["location"] == twice.headers["location"] == "/residents"
        assert resident.pen_name in text_of(parsed(await desk.get("/residents")))
        assert "住んでいると確認しました" in (await theirs.get("/account/residence")).text
        assert "市民と確認しました" in (await theirs.get("/inbox")).text
        wrong = await desk.post("/residents", data={"number": "1234567"})
        assert (wrong.status_code, list(problems(parsed(wrong)))) == (422, ["number"])


async def test_the_first_post_of_a_verified_resident_is_shown_at_once(db: Database) -> None:
    newcomer = await a_newcomer(db)
    assert (await a_post(db, newcomer)).state == State.HELD
    newcomer = await verified(db, await a_staff_member(db), newcomer)
    assert (await a_post(db, newcomer)).state == State.VISIBLE
    known = await actor(db, newcomer.id or 0)
    assert can_be_named(known), "a post of theirs has been shown, as of anybody else's who is named"
    await a_post(db, known)
    assert (await actor(db, newcomer.id or 0)).approved_posts == known.approved_posts == 1


async def test_no_form_says_that_the_first_post_of_a_verified_resident_waits(
    app: Starlette, db: Database, login: Login
) -> None:
    clerk, newcomer = await a_staff_member(db), await a_newcomer(db)
    post = await a_post(db, await an_account(db))
    board = await db.value("select slug from boards where id = :id", id=post.board_id)
    forms = (f"/topics/{post.topic_id}", f"/boards/{board}/topics/new", "/themes/new")
    async with visitor(app) as client:
        await login(client, newcomer.id or 0)
        for is_verified in (False, True):
            if is_verified:
                await verified(db, clerk, newcomer)
            for path in forms:
                assert ("はじめての投稿は" not in (await client.get(path)).text) is is_verified


async def test_nobody_else_sees_who_is_verified(app: Starlette, db: Database, login: Login) -> None:
    clerk, plain, known = await a_staff_member(db), await an_account(db), await an_account(db)
    topic = await a_post(db, plain)
    known = await verified(db, clerk, known)
    post = await a_post(db, known, topic=topic)
    async with visitor(app) as client:
        await login(client, (await a_moderator(db)).id or 0)
        pages = [
            await client.get(f"/topics/{post.topic_id}"),
            await client.get(f"/people/{known.pseudonym}"),
            await client.get(f"/api/posts/{post.id}"),
        ]
        assert all("確認しました" not in page.text and "verified" not in page.text for page in pages)
        for path in ("/residents", f"/residents/{(await residence_of(db, known)).id}"):
            assert (await client.get(path)).status_code == 403


async def residence_of(db: Database, who: Actor) -> queries.Residence:
    found = await queries.of_account(db, who.id or 0)
    assert found is not None
    return found


async def test_it_is_taken_back_with_a_reason_that_the_person_reads(
    app: Starlette, db: Database, login: Login
) -> None:
    clerk, resident = await a_staff_member(db), await an_account(db)
    resident = await verified(db, clerk, resident)
    number = (await residence_of(db, resident)).id
    async with visitor(app) as desk, visitor(app) as theirs:
        await login(desk, clerk.id or 0)
        await login(theirs, resident.id or 0)
        blank = await desk.post(f"/residents/{number}/end", data={"reason": " "})
        assert (blank.status_code, list(problems(parsed(blank)))) == (422, ["reason"])
        assert (await desk.post(f"/residents/{number}/end", data=MOVED.model_dump())).status_code == 303
        twice = await desk.post(f"/residents/{number}/end", data=MOVED.model_dump())
        assert (twice.status_code, "すでに取り消されています" in twice.text) == (409, True)
        assert MOVED.reason in (await theirs.get("/inbox")).text
        assert MOVED.reason in (await desk.get(f"/residents/{number}")).text
        assert (await desk.post("/residents/999999/end", data=MOVED.model_dump())).status_code == 404
    assert not (await actor(db, resident.id or 0)).verified
    again = await verified(db, clerk, await actor(db, resident.id or 0))
    assert again.verified


async def test_a_number_ends_and_makes_way_for_the_next(db: Database) -> None:
    clerk, resident = await a_staff_member(db), await an_account(db)
    old = await actions.ask_for_number(db, resident)
    new = await actions.ask_for_number(db, resident)
    with pytest.raises(Invalid):
        await actions.shown_by(db, clerk, old.number)
    assert (await actions.shown_by(db, clerk, new.number)).id == resident.id
    with clock.at(clock.now() + NUMBER_LASTS):
        with pytest.raises(Invalid):
            await actions.shown_by(db, clerk, new.number)
        await actions.forget_numbers(db)
    assert await queries.number_of(db, resident.id or 0, clock.now()) is None


async def test_a_number_that_was_verified_is_worth_nothing_once_that_is_taken_back(db: Database) -> None:
    clerk, resident = await a_staff_member(db), await an_account(db)
    form = Verification(number=(await actions.ask_for_number(db, resident)).number, seen="on")
    await actions.verify(db, clerk, form)
    await actions.end(db, clerk, (await residence_of(db, resident)).id, MOVED)
    with pytest.raises(Invalid):
        await actions.verify(db, clerk, form)


async def test_a_clerk_tries_few_numbers_however_they_are_sent(
    app: Starlette, db: Database, login: Login
) -> None:
    clerk, resident = await a_staff_member(db), await an_account(db)
    right = {"number": (await actions.ask_for_number(db, resident)).number}
    async with visitor(app) as desk:
        await login(desk, clerk.id or 0)
        with clock.at(clock.now()):
            assert resident.pen_name not in (await desk.get("/residents", params=right)).text
            tried = [
                (await desk.post(path, data={"number": f"{n:08}", "seen": "on"})).status_code
                for n in range(LIMITS["residence"].burst // 2)
                for path in ("/residents", "/residents/verify")
            ]
            assert set(tried) == {422}
            for path, form in (
                ("/residents", right),
                ("/residents/verify", right),
                ("/residents/verify", right | {"seen": "on"}),
            ):
                refused = await desk.post(path, data=form)
                assert (refused.status_code, resident.pen_name in refused.text) == (429, False)
    assert await queries.of_account(db, resident.id or 0) is None


async def test_whoever_leaves_meanwhile_is_not_verified(own_database: str) -> None:
    async with connected(own_database) as db:
        clerk, resident = await a_staff_member(db), await an_account(db)
        form = Verification(number=(await actions.ask_for_number(db, resident)).number, seen="on")
        async with db.transaction():
            await identity.locked(db, resident.id or 0)
            late = await waiting(db, actions.verify(db, clerk, form))
            await queries.forget(db, resident.id or 0)
            await leave(db, resident.id or 0)
        with pytest.raises(Invalid):
            await late
        assert await db.value("select count(*) from residences") == 0


async def test_a_second_press_during_the_taking_back_verifies_nobody_again(own_database: str) -> None:
    async with connected(own_database) as db:
        clerk, resident = await a_staff_member(db), await an_account(db)
        form = Verification(number=(await actions.ask_for_number(db, resident)).number, seen="on")
        await actions.verify(db, clerk, form)
        held = await residence_of(db, resident)
        async with db.transaction():
            await actions.end(db, clerk, held.id, MOVED)
            late = await waiting(db, actions.verify(db, clerk, form))
        with pytest.raises(Invalid):
            await late
        assert await queries.of_account(db, resident.id or 0) is None


async def test_the_clerk_is_told_of_the_person_and_not_of_themselves(db: Database) -> None:
    clerk, resident = await a_staff_member(db), await an_account(db)
    form = Verification(number=(await actions.ask_for_number(db, resident)).number, seen="on")
    await actions.verify(db, clerk, form)
    with in_locale("en"), pytest.raises(Conflict) as refused:
        await actions.verify(db, await a_staff_member(db), form)
    assert refused.value.reason == "They are verified already."


async def test_it_is_said_who_sees_it(app: Starlette, db: Database, login: Login) -> None:
    clerk, resident = await a_staff_member(db), await an_account(db)
    async with visitor(app) as client:
        await login(client, resident.id or 0)
        told = [await client.get("/account/residence"), await client.get("/guide/account")]
        await verified(db, clerk, resident)
        told += [await client.get("/account/residence"), await client.get("/inbox")]
        for page in told:
            assert "市の職員だけが見られます" in page.text


async def test_nobody_verifies_themselves(db: Database) -> None:
    clerk = await a_staff_member(db)
    number = (await actions.ask_for_number(db, clerk)).number
    with pytest.raises(Invalid):
        await actions.verify(db, clerk, Verification(number=number, seen="on"))


async def test_whoever_is_verified_needs_no_number(db: Database) -> None:
    resident = await verified(db, await a_staff_member(db), await an_account(db))
    with pytest.raises(Forbidden):
        await actions.ask_for_number(db, resident)


async def test_of_two_clerks_at_once_one_verifies(own_database: str) -> None:
    async with connected(own_database) as db:
        clerks = [await a_staff_member(db) for _ in range(4)]
        number = (await actions.ask_for_number(db, resident := await an_account(db))).number
        form = Verification(number=number, seen="on")
        outcomes = await asyncio.gather(
            *(actions.verify(db, clerk, form) for clerk in clerks), return_exceptions=True
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, (Conflict, Invalid))]
        assert len(refused) == 3
        assert await db.value("select count(*) from residences") == 1
        assert (await actor(db, resident.id or 0)).verified


async def test_it_goes_along_with_the_person_and_goes_when_they_leave(db: Database) -> None:
    resident = await verified(db, await a_staff_member(db), await an_account(db))
    taken = {portion.name: [*rows] for portion, rows in await everything(db, PORTIONS, resident.id or 0)}
    assert [bool(row["number"]) for row in taken["residence"]] == [False, True]
    await queries.forget(db, resident.id or 0)
    assert await queries.of_account(db, resident.id or 0) is None


async def test_guests_are_asked_to_log_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/account/residence")).headers["location"] == "/login?next=/account/residence"
    assert (await client.get("/residents")).status_code == 403


@given(digits=st.from_regex("[0-9]{8}", fullmatch=True), between=st.sampled_from(["", " ", "　", "-", "－"]))
def test_a_number_is_read_however_it_is_typed(digits: str, between: str) -> None:
    wide = digits.translate({ord("0") + n: ord("０") + n for n in range(10)})
    for typed in (digits, wide):
        assert Presented(number=f"{typed[:4]}{between}{typed[4:]}").number == digits


@given(st.text().filter(lambda typed: sum(sign.isdecimal() for sign in fold(typed)) != 8))
def test_anything_else_is_no_number(typed: str) -> None:
    with pytest.raises(ValidationError):
        Presented(number=typed)
