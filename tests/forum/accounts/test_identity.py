"""Another name, another address: nobody is locked out, nobody learns who else is here, and the way back leads back."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.accounts import actions, passwords, queries
from forum.accounts.actions import entering
from forum.accounts.actions.identity import move, rename
from forum.accounts.actions.leaving import leave
from forum.accounts.queries import identity
from forum.accounts.rules import ADDRESS_HELD, NAME_RESERVED, RENAME_EVERY, Account, key_mark
from forum.db import Database, connected
from forum.errors import Invalid
from forum.notifications.queries import page_of_account as inbox
from forum.text import fold
from tests.conftest import Login, visitor
from tests.factories import PASSWORD, a_moderator, a_post, a_topic, actor, an_account
from tests.forum.accounts.test_web import NEW, mails, pen_name
from tests.forum.accounts.test_web import link_in as link_to_confirm
from tests.pages import parsed, problems, text_of
from tests.waiting import waiting

NEW_PASSWORD = "坂の下の湧き水を守る"


async def own(db: Database, person: Actor) -> Account:
    found = await queries.account(db, person.id or 0)
    assert found is not None
    return found


async def ask(client: httpx.AsyncClient, email: str) -> None:
    asked = await client.post("/account/identity/email", data={"email": email, "current": PASSWORD})
    assert asked.headers["location"] == "/account/identity"


def link_in(mail: str) -> str:
    found = re.search(r"http://\S+(/account/email(?:-back)?/\S+)", mail)
    assert found, mail
    return found[1]


async def moved(client: httpx.AsyncClient, app: Starlette, db: Database, email: str) -> str:
    """The link that leads back."""
    await ask(client, email)
    [asked] = await mails(app, db)
    await client.post(link_in(asked))
    [told] = await mails(app, db)
    return link_in(told)


async def test_an_address_is_changed_by_whoever_knows_the_password_and_reads_the_mail(
    app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    async with visitor(app) as here, visitor(app) as there:
        for client in (here, there):
            await login(client, person.id or 0)
        wrong = await here.post(
            "/account/identity/email", data={"email": "new@example.jp", "current": "違う言葉を並べる"}
        )
        assert list(problems(parsed(wrong))) == ["current"]
        await ask(here, "new@example.jp")
        [mail] = await mails(app, db)
        link = link_in(mail)
        assert "new@example.jp" in text_of(parsed(await there.get(link)))
        assert (await own(db, person)).email != "new@example.jp", "mail scanners open links"
        await here.post(link)
        assert (await own(db, person)).email == "new@example.jp"
        assert (await pen_name(here), await pen_name(there)) == (person.pen_name, None)
        assert (await here.post(link)).status_code == 404, "a link works once"
        credentials = {"email": "new@example.jp", "password": PASSWORD}
        assert (await there.post("/login", data=credentials)).status_code == 303


async def test_a_thief_who_moved_twice_is_undone_by_the_first_address(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    before = (await own(db, person)).email
    await login(client, person.id or 0)
    back = await moved(client, app, db, "thief@example.jp")
    thiefs = await moved(client, app, db, "thief2@example.jp")
    weak = await client.post(back, data={"password": "password12"})
    assert list(problems(parsed(weak))) == ["password"]
    assert (await client.post(back, data={"password": NEW_PASSWORD})).headers["location"] == "/login"
    assert (await own(db, person)).email == before
    assert await pen_name(client) is None
    for link in (back, thiefs):
        assert (await client.post(link, data={"password": NEW_PASSWORD})).status_code == 404
    assert (await client.post("/login", data={"email": before, "password": NEW_PASSWORD})).status_code == 303


async def test_the_way_back_takes_no_password_that_is_the_persons_name(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    await rename(db, person, "sakuramizu-no-gawa")
    await login(client, person.id or 0)
    back = await moved(client, app, db, "new@example.jp")
    named = await client.post(back, data={"password": "sakuramizu-no-gawa"})
    assert list(problems(parsed(named))) == ["password"]


async def test_the_way_back_takes_back_that_a_thief_leaves(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    await login(client, person.id or 0)
    back = await moved(client, app, db, "thief@example.jp")
    await client.post("/account/leaving", data={"goes": "posts", "password": PASSWORD})
    assert (await own(db, person)).leaving == "posts"
    assert "取りやめます" in text_of(parsed(await client.get(back)))
    await client.post(back, data={"password": NEW_PASSWORD})
    assert (await own(db, person)).leaving is None


async def test_the_way_back_ends_and_the_old_address_is_forgotten(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    await login(client, (await an_account(db)).id or 0)
    back = await moved(client, app, db, "new@example.jp")
    assert (await client.get(back)).status_code == 200
    with clock.at(clock.now() + ADDRESS_HELD):
        assert (await client.get(back)).status_code == 404
        await actions.forget(db)
    assert await db.value("select count(*) from address_changes") == 0


async def test_nobody_learns_whose_address_it_is(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    person, other = await an_account(db), await an_account(db)
    known = (await own(db, other)).email
    await login(client, person.id or 0)
    await ask(client, known)
    [mail] = await mails(app, db)
    assert other.pen_name in mail
    assert "/account/email" not in mail


async def test_an_address_that_was_only_registered_makes_way_and_one_that_was_confirmed_does_not(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    await login(client, person.id or 0)
    await client.post("/register", data=NEW)
    [registration] = await mails(app, db)
    for email, comes_first in ((NEW["email"], False), ("late@example.jp", True)):
        await ask(client, email)
        [mail] = [mail for mail in await mails(app, db) if "/account/email/" in mail]
        if comes_first:
            await actions.appoint(db, pen_name="先に来た人", email=email, password_hash="", role=person.role)
        assert (await client.post(link_in(mail))).status_code == (409 if comes_first else 303)
    assert (await client.get(link_to_confirm(registration))).status_code == 404
    assert (await own(db, person)).email == NEW["email"]


async def test_whoever_only_registered_an_address_is_out_when_its_owner_comes(
    app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    async with visitor(app) as owner, visitor(app) as stranger:
        await login(owner, person.id or 0)
        await stranger.post("/register", data=NEW)
        await stranger.post("/login", data=NEW)
        assert await pen_name(stranger) == NEW["pen_name"]
        await mails(app, db)
        await moved(owner, app, db, NEW["email"])
        assert await pen_name(stranger) is None


async def test_a_link_to_confirm_leads_nowhere_once_the_account_has_another_address(
    app: Starlette, db: Database, login: Login
) -> None:
    async with visitor(app) as client, visitor(app) as mistaken:
        await client.post("/register", data=NEW)
        [registered] = await mails(app, db)
        await client.post("/login", data=NEW)
        await ask(client, "right@example.jp")
        [asked] = await mails(app, db)
        await client.post(link_in(asked))
        [to_confirm] = await mails(app, db)
        assert "email-back" not in to_confirm, "nobody proved that the address of before was theirs"
        assert (await mistaken.post(link_to_confirm(registered))).status_code == 404
        assert await pen_name(mistaken) is None
        assert (await client.post(link_to_confirm(to_confirm))).status_code == 303


async def test_posts_stand_under_the_new_name_and_moderators_know_the_old_one(
    app: Starlette, db: Database, login: Login
) -> None:
    person, other, moderator = await an_account(db), await an_account(db), await a_moderator(db)
    post = await a_post(db, person, reply_to_id=(topic := await a_topic(db, other)).id, topic=topic)
    async with visitor(app) as client, visitor(app) as reader:
        await login(client, person.id or 0)
        await login(reader, moderator.id or 0)
        taken = await client.post("/account/identity/name", data={"pen_name": other.pen_name})
        assert list(problems(parsed(taken))) == ["pen_name"]
        named = await client.post("/account/identity/name", data={"pen_name": "坂の上の雲見"})
        assert named.headers["location"] == "/account"
        again = await client.post("/account/identity/name", data={"pen_name": "もう一度"})
        assert (again.status_code, await pen_name(client)) == (403, "坂の上の雲見")
        shown = await client.get(f"/people/{person.pseudonym}")
        assert "坂の上の雲見" in shown.text
        assert person.pen_name not in shown.text
        [notice] = await inbox(db, other.id or 0, before=2**62, limit=9)
        assert notice.params["by"] == "坂の上の雲見"
        assert f"前の名前：{person.pen_name}" in (await reader.get(f"/queue/{post.id}")).text


@pytest.mark.parametrize(
    ("later", "is_free"),
    [(timedelta(0), False), (NAME_RESERVED - timedelta(days=1), False), (NAME_RESERVED, True)],
)
async def test_a_name_stays_its_owners_for_a_while(db: Database, later: timedelta, is_free: bool) -> None:
    person, other = await an_account(db), await an_account(db)
    await rename(db, person, "坂の上の雲見")
    with clock.at(clock.now() + later):
        if is_free:
            await rename(db, other, person.pen_name)
        else:
            with pytest.raises(Invalid):
                await rename(db, other, person.pen_name)
    with clock.at(clock.now() + RENAME_EVERY):
        if not is_free:
            await rename(db, await actor(db, person.id or 0), person.pen_name)
            assert fold((await own(db, person)).pen_name) == fold(person.pen_name)


async def test_of_all_who_take_a_name_at_once_one_has_it_and_the_others_hear_why_not(
    own_database: str,
) -> None:
    async with connected(own_database) as db:
        people = [await an_account(db) for _ in range(6)]
        taken = await asyncio.gather(
            *(rename(db, person, "坂の上の雲見") for person in people), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in taken) == ["Invalid"] * 5 + ["NoneType"]
        assert [(await own(db, person)).pen_name for person in people].count("坂の上の雲見") == 1


async def test_of_all_who_move_to_an_address_at_once_one_has_it_and_the_others_hear_why_not(
    own_database: str,
) -> None:
    async with connected(own_database) as db:
        people = [await own(db, await an_account(db)) for _ in range(6)]
        moves = await asyncio.gather(
            *(move(db, person.id, key_mark(person), "new@example.jp") for person in people),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in moves) == ["Account"] + ["Conflict"] * 5


@pytest.mark.parametrize(
    "act",
    [
        lambda db, person: entering.log_in(db, person.email, PASSWORD),
        lambda db, person: actions.change_password(db, person, PASSWORD, "another hash", "a token"),
    ],
    ids=["logs in", "changes it as well"],
)
async def test_whoever_uses_a_password_while_it_changes_is_not_let_in(
    own_database: str, act: Callable[[Database, Account], Coroutine[None, None, object]]
) -> None:
    async with connected(own_database) as db:
        person = await own(db, await an_account(db))
        async with db.transaction():
            await identity.locked(db, person.id)
            late = await waiting(db, act(db, person))
            await queries.set_password(db, person.id, await passwords.hashed(NEW_PASSWORD))
        with pytest.raises(Invalid):
            await late
        assert await db.value("select count(*) from sessions") == 0
        again = await queries.account(db, person.id)
        assert again is not None
        assert await passwords.matches(NEW_PASSWORD, again.password_hash)


async def test_what_was_asked_with_an_old_password_is_not_mailed_after_it_changed(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    await login(client, person.id or 0)
    await ask(client, "thief@example.jp")
    await client.post("/account/password", data={"current": PASSWORD, "password": NEW_PASSWORD})
    assert await mails(app, db) == []


async def test_nobody_is_written_to_who_has_no_address_any_more(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    """A letter to nobody is refused by the mail server ten times, and stays among the jobs that failed."""
    gone, person = await an_account(db), await an_account(db)
    await client.post("/register", data=NEW | {"email": (await own(db, gone)).email})
    await client.post("/register", data=NEW)
    async with db.transaction():
        await leave(db, gone.id or 0)
    await move(db, person.id or 0, key_mark(await own(db, person)), NEW["email"])
    assert ["変わりました" in mail for mail in await mails(app, db)] == [True]
