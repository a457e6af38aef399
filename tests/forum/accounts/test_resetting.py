"""A forgotten password: whoever reads the mail of the account chooses a new one, and nobody learns who else is here."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.accounts import queries
from forum.accounts.rules import RESET_HOURS
from forum.db import Database
from forum.text import fold
from tests.conftest import Login, visitor
from tests.factories import PASSWORD, a_moderator, an_account
from tests.forum.accounts.test_identity import NEW_PASSWORD, moved, own
from tests.forum.accounts.test_web import NEW, mails, pen_name
from tests.pages import parsed, problems, text_of


def link_in(mail: str) -> str:
    found = re.search(r"http://\S+(/password/\S+)", mail)
    assert found, mail
    return found[1]


async def link_for(client: httpx.AsyncClient, app: Starlette, db: Database, email: str) -> str:
    asked = await client.post("/password", data={"email": email})
    assert asked.headers["location"] == "/login"
    [mail] = await mails(app, db)
    return link_in(mail)


async def test_a_new_password_is_chosen_and_whoever_knew_the_old_one_is_out(
    app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    email = (await own(db, person)).email
    async with visitor(app) as thief, visitor(app) as owner:
        await login(thief, person.id or 0)
        link = await link_for(owner, app, db, email.upper())
        assert person.pen_name in text_of(parsed(await owner.get(link)))
        assert await pen_name(thief) == person.pen_name, "mail scanners open links"
        for weak in ("short", "password12", email):
            refused = await owner.post(link, data={"password": weak})
            assert (refused.status_code, list(problems(parsed(refused)))) == (422, ["password"])
        assert (await owner.post(link, data={"password": NEW_PASSWORD})).headers["location"] == "/login"
        assert await pen_name(thief) is None
        assert (await owner.post(link, data={"password": PASSWORD})).status_code == 404, "a link works once"
        for password, status in ((PASSWORD, 422), (NEW_PASSWORD, 303)):
            tried = await owner.post("/login", data={"email": email, "password": password})
            assert tried.status_code == status


async def test_nobody_learns_whether_an_address_is_known(
    client: httpx.AsyncClient, app: Starlette, db: Database
) -> None:
    known = (await own(db, await an_account(db))).email
    answers = []
    for email in (known, "nobody@example.jp"):
        await client.post("/password", data={"email": email})
        page = await client.get("/login")
        answers.append(page.text.replace(email, "…"))
        client.cookies.clear()
    assert answers[0] == answers[1]
    assert "…" in answers[0]
    [mail] = await mails(app, db)
    assert link_in(mail)


async def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    refused = await client.post("/password", data={"email": "のがわ"})
    assert refused.status_code == 422
    assert list(problems(parsed(refused))) == ["email"]
    assert 'value="のがわ"' in refused.text


async def test_nobody_fills_the_inbox_of_somebody_else(client: httpx.AsyncClient, db: Database) -> None:
    statuses = [
        (await client.post("/password", data={"email": "somebody@example.jp"})).status_code for _ in range(4)
    ]
    assert statuses == [303, 303, 303, 429]


@pytest.mark.parametrize("later", [timedelta(hours=RESET_HOURS, seconds=1), timedelta(0)])
async def test_a_link_is_forgotten_after_some_hours(
    client: httpx.AsyncClient, app: Starlette, db: Database, later: timedelta
) -> None:
    link = await link_for(client, app, db, (await own(db, await a_moderator(db))).email)
    with clock.at(clock.now() + later):
        assert (await client.get(link)).status_code == (404 if later else 200)
        changed = await client.post(link, data={"password": NEW_PASSWORD})
        assert changed.status_code == (404 if later else 303)


async def test_a_link_leads_nowhere_once_the_address_is_another(
    app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    async with visitor(app) as client, visitor(app) as thief:
        link = await link_for(thief, app, db, (await own(db, person)).email)
        await login(client, person.id or 0)
        await moved(client, app, db, "safe@example.jp")
        assert (await thief.post(link, data={"password": NEW_PASSWORD})).status_code == 404
        assert await pen_name(client) == person.pen_name


async def test_a_forged_link_leads_nowhere(client: httpx.AsyncClient, app: Starlette, db: Database) -> None:
    link = await link_for(client, app, db, (await own(db, await an_account(db))).email)
    claim, _, signature = link.rpartition(".")
    # Not its last letter alone, of which some bits say nothing.
    for forged in (f"{claim}.{signature.swapcase()}", "/password/x", link.replace(".", "")):
        assert (await client.post(forged, data={"password": NEW_PASSWORD})).status_code == 404


async def test_whoever_registered_somebody_elses_address_is_out_when_its_owner_asks(
    app: Starlette, db: Database
) -> None:
    async with visitor(app) as owner, visitor(app) as stranger:
        await stranger.post("/register", data=NEW)
        await stranger.post("/login", data=NEW)
        await mails(app, db)
        link = await link_for(owner, app, db, NEW["email"])
        await owner.post(link, data={"password": NEW_PASSWORD})
        assert await pen_name(stranger) is None
        assert (await stranger.post("/login", data=NEW)).status_code == 422
        assert (await owner.post("/login", data=NEW | {"password": NEW_PASSWORD})).status_code == 303
        account = await queries.account_of_email(db, fold(NEW["email"]))
        assert account is not None
        assert account.confirmed_at is None, "opening the link confirms nothing by itself"


async def test_nobody_who_has_left_is_asked_back(
    client: httpx.AsyncClient, app: Starlette, db: Database
) -> None:
    person = await an_account(db)
    email = (await own(db, person)).email
    link = await link_for(client, app, db, email)
    await db.run("update accounts set left_at = :now where id = :id", now=clock.now(), id=person.id)
    assert (await client.get(link)).status_code == 404
    await client.post("/password", data={"email": email})
    assert await mails(app, db) == []
