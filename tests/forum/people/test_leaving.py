"""Leaving: closed at once, taken back for seven days, then carried out; and everything that was published still matches."""

from datetime import timedelta
from email import message_from_bytes, policy

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, Role
from forum.accounts import queries
from forum.accounts.queries import identity, leaving
from forum.accounts.queries.identity import name_taken
from forum.commands.verify import every_mismatch
from forum.db import Database, connected
from forum.errors import Forbidden, Invalid
from forum.offices import actions as offices
from forum.offices.proofs import mismatches
from forum.offices.queries import newest, officers
from forum.offices.rules import BoardOffice, Office
from forum.people import actions
from forum.people.jobs import leaving_mail
from forum.people.rules import REVERSIBLE, Goes, Leaving
from forum.slices import FAREWELLS
from forum.text import fold
from moderation.digests import actions as digests
from moderation.digests.queries import opinions
from moderation.reviews.acts import Act
from tests.conftest import Login, visitor
from tests.factories import PASSWORD, a_board, a_post, a_staff_member, actor, an_account, the_post
from tests.moderation.consultations.stories import SEAL
from tests.moderation.digests.desk import a_discussion, a_draft, confirm_all, said_in
from tests.moderation.reviews.test_sanctions import sanctioned
from tests.pages import parsed, problems
from tests.waiting import waiting


async def asks(
    app: Starlette, login: Login, person: Actor, goes: str, password: str = PASSWORD
) -> httpx.Response:
    async with visitor(app) as client:
        await login(client, person.id or 0)
        return await client.post("/account/leaving", data={"goes": goes, "password": password})


async def days_pass(db: Database, days: float) -> None:
    with clock.at(clock.now() + timedelta(days=days)):
        await actions.carry_out(db, FAREWELLS)


@pytest.mark.parametrize("goes", ["account", "posts", "both"])
async def test_what_was_chosen_goes_after_a_week_and_no_published_digest_breaks(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login, goes: str
) -> None:
    clerk, author = await a_staff_member(db), await an_account(db)
    posts = await a_discussion(db)
    spoken = await a_post(db, author, topic=posts[0], body="街灯を増やしてください。")
    digest = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, digest.id)
    await digests.publish_digest(db, clerk, digest.id)
    opinion = await said_in(db, digest.id, "街灯")
    assert (await asks(app, login, author, goes)).status_code == 303
    own = await queries.account(db, author.id or 0)
    assert own is not None
    assert own.gets_mail == (goes == "posts")
    assert (await actor(db, own.id)).leaving == (goes != "posts")
    assert await db.value("select count(*) from sessions where account_id = :id", id=own.id) == (
        goes == "posts"
    )
    await days_pass(db, 6.9)
    assert (await the_post(db, spoken.id)).state == "visible"
    assert (await queries.account(db, own.id)) == own
    await days_pass(db, 7.1)
    gone = await queries.account(db, own.id)
    assert gone is not None
    withdrawn = goes != "account"
    assert (await the_post(db, spoken.id)).state == ("withdrawn" if withdrawn else "visible")
    page = (await client.get(f"/topics/{spoken.topic_id}")).text
    assert ("街灯を増やしてください。" in page) != withdrawn
    if goes == "posts":
        assert (gone.pen_name, gone.leaving) == (own.pen_name, None)
    else:
        assert (gone.pen_name, gone.email, gone.password_hash) == ("退会した人", "", "")
        assert gone.pseudonym == own.pseudonym
        assert own.pen_name not in page
        assert ("退会した人" in page) != withdrawn
        for table in ("sessions", "notifications", "followed_topics", "bookmarks", "read_marks", "drafts"):
            assert await db.value(f"select count(*) from {table} where account_id = :id", id=own.id) == 0
        # The address and the name are free again, and nobody gets in without them.
        assert await queries.account_of_email(db, own.email) is None
        assert await queries.account_of_email(db, f"left {own.pseudonym}") is None
        assert not await name_taken(db, fold(own.pen_name), besides=0, since=clock.now())
    (kept,) = await opinions.by_ids(db, digest.id, [opinion.id])
    assert kept.text == (None if withdrawn else "街灯を増やしてください。")
    assert [line async for line in every_mismatch(db, SEAL)] == []


async def test_it_is_taken_back_within_a_week(app: Starlette, db: Database, login: Login) -> None:
    author = await an_account(db)
    post = await a_post(db, author)
    refused = await asks(app, login, author, "both", "ちがうパスワード")
    assert problems(parsed(refused)) == {"password": "パスワードが違います。"}
    refused = await asks(app, login, author, "everything")
    assert "どれか一つを選んでください。" in refused.text
    await asks(app, login, author, "both")
    own = await queries.account(db, author.id or 0)
    assert own is not None
    await leaving_mail(app.state.site, {"account_id": own.id})
    async with visitor(app) as client:
        signed_in = await client.post("/login", data={"email": own.email, "password": PASSWORD})
        assert signed_in.status_code == 303
        assert "退会の手続き中です。" in (await client.get("/")).text
        reply = await client.post(f"/topics/{post.topic_id}/replies", data={"body": "もう一言"})
        assert reply.status_code == 403
        assert (
            await client.post("/account/leaving", data={"goes": "both", "password": PASSWORD})
        ).status_code == 403
        assert "投稿をすべて取り下げて、退会する" in (await client.get("/account/leaving")).text
        assert (await client.post("/account/leaving/stay")).status_code == 303
    await days_pass(db, REVERSIBLE.days + 1)
    assert (await the_post(db, post.id)).state == "visible"
    assert not (await actor(db, own.id)).leaving


async def test_the_mail_calls_the_person_as_all_mail_does(app: Starlette, db: Database, login: Login) -> None:
    author = await an_account(db)
    await queries.set_locale(db, author.id or 0, "en")
    await asks(app, login, author, "both")
    folder = app.state.site.settings.var_dir / "mail"
    before = set(folder.glob("*"))
    await leaving_mail(app.state.site, {"account_id": author.id})
    (path,) = set(folder.glob("*")) - before
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail.get_content().startswith(f"Dear {author.pen_name},\n\nYou asked for the following.")


async def test_nobody_leaves_without_saying_how(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author = await an_account(db)
    await login(client, author.id or 0)
    for chosen in ({}, {"goes": "nowhere"}):
        refused = await client.post("/account/leaving", data={"password": PASSWORD, **chosen})
        assert refused.status_code == 422
        assert [*problems(parsed(refused))] == ["goes"]
    assert not (await actor(db, author.id or 0)).leaving


async def test_nothing_is_kept_for_whoever_has_left(db: Database) -> None:
    author = await an_account(db)
    post = await a_post(db, author)
    await leaving.plan_to_leave(db, author.id or 0, goes="account", leaves_at=clock.now())
    await days_pass(db, 1)
    await a_post(db, topic=await the_post(db, post.id), reply_to_id=post.id)
    assert await db.value("select count(*) from notifications where account_id = :id", id=author.id) == 0


@pytest.mark.parametrize("meanwhile", ["another password", "the same", "an office"])
async def test_nobody_leaves_by_what_held_no_more_when_it_was_asked(
    own_database: str, meanwhile: str
) -> None:
    async with connected(own_database) as db:
        person = await an_account(db)
        own = await queries.account(db, person.id or 0)
        assert own is not None
        form = Leaving(goes=Goes.BOTH, password=PASSWORD)
        async with db.transaction():
            await identity.locked(db, own.id)
            late = await waiting(db, actions.ask_to_leave(db, person, own, form))
            if meanwhile == "another password":
                await queries.set_password(db, own.id, "another hash")
            elif meanwhile == "an office":
                await queries.set_role(db, own.id, role="moderator", section_id=None)
            else:
                await leaving.plan_to_leave(db, own.id, goes="account", leaves_at=clock.now())
        with pytest.raises(Invalid if meanwhile == "another password" else Forbidden) as refused:
            await late
        assert refused.value.reason
        assert await db.value("select count(*) from accounts where leaving = 'both'") == 0


async def test_what_is_taken_back_while_it_is_carried_out_stays(own_database: str) -> None:
    async with connected(own_database) as db:
        person = await an_account(db)
        await leaving.plan_to_leave(db, person.id or 0, goes="account", leaves_at=clock.now())
        async with db.transaction():
            await identity.locked(db, person.id or 0)
            late = await waiting(db, actions.carry_out(db, FAREWELLS))
            await leaving.stay(db, person.id or 0)
        await late
        kept = await queries.account(db, person.id or 0)
        assert kept is not None
        assert (kept.pen_name, kept.left_at) == (person.pen_name, None)


async def test_nobody_stays_because_somebody_else_cannot_go(db: Database) -> None:
    first, second = await an_account(db), await an_account(db)
    for person in (first, second):
        await leaving.plan_to_leave(db, person.id or 0, goes="account", leaves_at=clock.now())

    async def fails(db: Database, account_id: int) -> None:
        if account_id == first.id:
            raise OSError("away")

    with pytest.raises(ExceptionGroup, match="leaving"):
        await actions.carry_out(db, [*FAREWELLS, fails])
    left = [
        bool(own.left_at) for person in (first, second) if (own := await queries.account(db, person.id or 0))
    ]
    assert left == [False, True]
    await actions.carry_out(db, FAREWELLS)
    assert await db.value("select count(*) from accounts where left_at is not null") == 2


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.STAFF])
async def test_whoever_leaves_while_suspended_lays_every_office_down_on_record(
    db: Database, app: Starlette, login: Login, role: Role
) -> None:
    board, person = await a_board(db), await an_account(db, role)
    boss = await an_account(db, Role.ADMINISTRATOR)
    form = BoardOffice(who=person.pen_name, office=Office.FACILITATOR)
    await offices.appoint_on_board(db, boss, board.slug, form)
    await sanctioned(db, Act.SUSPEND, boss, await a_post(db, person))
    async with visitor(app) as client:
        await login(client, boss.id or 0)
        page = (await client.get(f"/admin/boards/{board.slug}")).text
    assert person.pen_name in page
    assert "停止中" in page
    assert (await asks(app, login, person, "account")).status_code == 303
    await days_pass(db, 8)
    assert await officers(db, person.id) == []
    lost = [one for one in await newest(db, before=2**62, limit=9) if one.account_id == person.id]
    given = [(one.office, one.given) for one in reversed(lost)]
    expected = [("facilitator", True), ("facilitator", False)]
    assert given == (expected if role is Role.RESIDENT else [*expected, ("resident", True)])
    assert [line async for line in mismatches(db)] == []
