"""Who is named while reading: whoever chose it, and nobody else."""

from dataclasses import replace

import httpx
import pytest

from forum.access import Actor
from forum.db import Database
from forum.live import Viewer
from tests.conftest import Login
from tests.factories import actor, an_account
from tests.pages import parsed

READER = Actor(7, pen_name="さくら", confirmed=True, approved_posts=1, named_while_reading=True)


def is_ticked(page: httpx.Response) -> bool:
    [box] = [field for field in parsed(page).iter("input") if field.get("name") == "named"]
    return box.get("checked") is not None


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (READER, "さくら"),
        (replace(READER, named_while_reading=False), None),
        (replace(READER, suspended=True), None),
        (replace(READER, confirmed=False), None),
        (replace(READER, approved_posts=0), None),
        (Actor(), None),
    ],
)
def test_a_name_is_shown_by_choice_to_whom_a_person_has_read(reader: Actor, name: str | None) -> None:
    assert Viewer(reader, "ja").shown_name == name


async def test_nobody_is_named_until_they_say_so(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    resident = await an_account(db)
    assert Viewer(resident, "ja").shown_name is None
    await login(client, resident.id or 0)
    assert not is_ticked(await client.get("/account"))
    for data, named in [({"named": "on"}, True), ({}, False)]:
        answer = await client.post("/account/reading", data=data)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert is_ticked(await client.get("/account")) == named
        assert (await actor(db, resident.id or 0)).named_while_reading == named


async def test_the_choice_stands_when_another_form_is_refused(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    resident = await an_account(db)
    await login(client, resident.id or 0)
    await client.post("/account/reading", data={"named": "on"})
    refused = await client.post("/account/password", data={"current": "x", "password": "y"})
    assert refused.status_code == 422
    assert is_ticked(refused)


async def test_a_guest_has_no_such_setting(client: httpx.AsyncClient) -> None:
    assert (await client.post("/account/reading", data={"named": "on"})).status_code in (303, 403)
