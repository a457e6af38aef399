"""A town that starts with nothing: its administrator opens boards and sections and gives people their offices."""

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import Actor, Role
from forum.boards import queries as boards
from forum.db import Database
from forum.errors import Forbidden
from forum.offices import actions as offices
from forum.offices import web
from forum.offices.proofs import mismatches
from forum.offices.queries import newest
from forum.offices.rules import Appointment
from forum.paging import NEWEST
from moderation.city_answers.actions import promise
from moderation.city_answers.rules import Promise
from tests.conftest import Login, visitor
from tests.factories import a_board, a_moderator, a_newcomer, a_section, a_staff_member, actor, an_account
from tests.pages import leaves, links, parsed, problems, text_of, values

BOARD = {
    "slug": "bosai",
    "kind": "official",
    "name": "防災",
    "name_en": "Disaster preparedness",
    "about": "そなえることを話すところです。",
    "about_en": "How to be prepared.",
    "position": "3",
}


@pytest.fixture
async def administrator(db: Database, login: Login, client: httpx.AsyncClient) -> Actor:
    person = await an_account(db, role=Role.ADMINISTRATOR)
    await login(client, person.id or 0)
    return person


@pytest.mark.usefixtures("administrator")
async def test_an_empty_room_leads_its_administrator_on(
    client: httpx.AsyncClient, db: Database, app: Starlette
) -> None:
    assert await db.value("select count(*) from boards") == 0
    assert "/admin" in links(parsed(await client.get("/")).find(".//main"))
    async with visitor(app) as guest:
        assert "/admin" not in links(parsed(await guest.get("/")))


@pytest.mark.usefixtures("administrator")
async def test_a_town_hears_that_nobody_answers_appeals_until_two_can_judge(
    client: httpx.AsyncClient, db: Database
) -> None:
    warning = "審査の担当者を、2人以上にしてください。"
    assert warning in text_of(parsed(await client.get("/admin")))
    await a_staff_member(db)
    assert warning in text_of(parsed(await client.get("/admin")))
    await a_moderator(db)
    assert warning not in text_of(parsed(await client.get("/admin")))


@pytest.mark.usefixtures("administrator")
async def test_an_empty_town_gets_a_section_a_board_and_people(
    client: httpx.AsyncClient, db: Database, app: Starlette, login: Login
) -> None:
    await client.post("/admin/sections/new", data={"name": "地域安全課", "name_en": "Safety Section"})
    [section] = await db.rows("select id from sections where name = '地域安全課'")
    made = await client.post("/admin/boards/new", data=BOARD | {"section_id": str(section["id"])})
    assert made.headers["location"] == "/admin/boards/bosai"
    neighbour, clerk = await an_account(db), await an_account(db)
    await client.post("/admin/boards/bosai/people", data={"who": neighbour.pen_name, "office": "facilitator"})
    await client.post(
        "/admin/people", data={"who": clerk.pen_name, "role": "staff", "section_id": section["id"]}
    )
    overview = text_of(parsed(await client.get("/admin")))
    for words in ("防災", "地域安全課", neighbour.pen_name, clerk.pen_name):
        assert words in overview
    board = await boards.board(db, "bosai")
    assert board is not None
    assert (await actor(db, neighbour.id or 0)).steers(board.id)
    assert (await actor(db, clerk.id or 0)).section_id == section["id"]
    async with visitor(app) as guest:
        assert "防災" in (await guest.get("/")).text
        await login(guest, neighbour.id or 0)
        started = await guest.post(
            "/boards/bosai/topics", data={"title": "避難所の鍵", "body": "だれが持っていますか。"}
        )
        assert started.status_code == 303


@pytest.mark.usefixtures("administrator")
async def test_a_board_is_renamed_and_keeps_its_address_and_kind(
    client: httpx.AsyncClient, db: Database
) -> None:
    board = await a_board(db, kind="community")
    page = await client.get(f"/admin/boards/{board.slug}")
    assert board.name in page.text
    form = values(parsed(page)) | BOARD
    await client.post(
        f"/admin/boards/{board.slug}", data=form | {"name": "緑と水", "kind": "staff", "slug": "other"}
    )
    changed = await boards.board(db, board.slug)
    assert changed is not None
    assert (changed.name, changed.kind, changed.position) == ("緑と水", "community", 3)
    assert "緑と水" in (await client.get(f"/boards/{board.slug}")).text


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("kind", ["boards", "sections"])
async def test_of_two_who_change_an_entry_the_slower_sees_what_stands_there_and_may_save_all_the_same(
    client: httpx.AsyncClient, db: Database, kind: str
) -> None:
    of_kind = (await a_board(db, kind="community")).slug if kind == "boards" else await a_section(db)
    address = f"/admin/{kind}/{of_kind}"
    form = values(parsed(await client.get(address)))
    assert (await client.post(address, data=form | {"name": "同僚の名前"})).status_code == 303
    page = await client.post(address, data=form | {"name": "わたしの名前"})
    assert (page.status_code, '<dt>名前</dt><dd class="diff">同僚の名前</dd>' in page.text) == (409, True)
    again = values(parsed(page))
    assert again["name"] == "わたしの名前"
    unversioned = {name: value for name, value in again.items() if name != "version"}
    assert (await client.post(address, data=unversioned)).status_code == 409
    assert (await client.post(address, data=again)).status_code == 303
    assert values(parsed(await client.get(address)))["name"] == "わたしの名前"


async def test_a_board_on_which_answers_were_promised_keeps_a_section_that_owes_them(
    client: httpx.AsyncClient, db: Database, administrator: Actor
) -> None:
    section = await a_section(db)
    board = await a_board(db, kind="community", section_id=section)
    for days in (30, None):
        await promise(db, administrator, board, Promise(days=days))
    form = values(parsed(await client.get(f"/admin/boards/{board.slug}")))
    refused = await client.post(f"/admin/boards/{board.slug}", data=form | {"section_id": ""})
    assert problems(parsed(refused)).keys() == {"section_id"}
    other = await client.post(f"/admin/boards/{board.slug}", data=form | {"section_id": await a_section(db)})
    assert other.status_code == 303


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, "section_id"),  # an official one without a section
        ({"kind": "community", "slug": "Bosai"}, "slug"),
        ({"kind": "community", "slug": "防災"}, "slug"),
        ({"kind": "community", "slug": "a"}, "slug"),
        ({"kind": "community", "slug": "new"}, "slug"),  # whose page would be the form for a new one
        ({"kind": "community", "name": "\u200b\u3164"}, "name"),
        ({"kind": "secret"}, "kind"),
        ({"kind": "community", "name": "　"}, "name"),
        ({"kind": "community", "position": "-1"}, "position"),
        ({"section_id": "999999"}, "section_id"),
        ({"kind": "community", "about": "あ" * 201}, "about"),
    ],
)
async def test_a_board_that_cannot_be_is_refused_with_what_was_typed(
    client: httpx.AsyncClient, db: Database, change: dict[str, str], wrong: str
) -> None:
    before = await db.value("select count(*) from boards")
    refused = await client.post("/admin/boards/new", data=BOARD | change)
    assert (refused.status_code, list(problems(parsed(refused)))) == (422, [wrong])
    assert BOARD["about_en"] in refused.text
    assert await db.value("select count(*) from boards") == before


@pytest.mark.usefixtures("administrator")
async def test_no_two_boards_have_an_address_and_no_two_sections_a_name(
    client: httpx.AsyncClient, db: Database
) -> None:
    board = await a_board(db)
    taken = await client.post("/admin/boards/new", data=BOARD | {"kind": "community", "slug": board.slug})
    assert list(problems(parsed(taken))) == ["slug"]
    one, other = await a_section(db), await a_section(db)
    name = await db.value("select name from sections where id = :id", id=one)
    for address in ("/admin/sections/new", f"/admin/sections/{other}"):
        form = values(parsed(await client.get(address)))
        refused = await client.post(address, data=form | {"name": name, "name_en": "Twice"})
        assert (refused.status_code, list(problems(parsed(refused)))) == (422, ["name"])
        assert 'value="Twice"' in refused.text


@pytest.mark.usefixtures("administrator")
async def test_whoever_loses_an_office_loses_it_at_once(client: httpx.AsyncClient, db: Database) -> None:
    board, person = await a_board(db), await an_account(db)
    for office in ("facilitator", "moderator"):
        await client.post(
            f"/admin/boards/{board.slug}/people", data={"who": person.pen_name, "office": office}
        )
    assert (await actor(db, person.id or 0)).moderates(board.id)
    data = {"account_id": str(person.id), "office": "moderator"}
    await client.post(f"/admin/boards/{board.slug}/people/dismiss", data=data)
    now = await actor(db, person.id or 0)
    assert (now.moderates(board.id), now.steers(board.id)) == (False, True)


async def test_whoever_is_no_clerk_any_more_keeps_no_room_of_the_staff(
    client: httpx.AsyncClient, db: Database, administrator: Actor
) -> None:
    board, room, clerk = await a_board(db), await a_board(db, "staff"), await a_staff_member(db)
    for one in (board, room):
        await client.post(
            f"/admin/boards/{one.slug}/people", data={"who": clerk.pen_name, "office": "facilitator"}
        )
    await client.post("/admin/people", data={"who": clerk.pen_name, "role": "resident"})
    now = await actor(db, clerk.id or 0)
    assert (now.steers(board.id), now.steers(room.id)) == (True, False)
    taken = [one for one in await newest(db, before=NEWEST, limit=9) if not one.given]
    assert [(one.office, one.board_id, one.by) for one in taken] == [
        ("facilitator", room.id, administrator.pen_name)
    ]


async def test_an_administrator_cannot_leave_the_room_without_one(
    client: httpx.AsyncClient, db: Database, administrator: Actor
) -> None:
    refused = await client.post("/admin/people", data={"who": administrator.pen_name, "role": "resident"})
    assert refused.status_code == 403
    assert "ほかの管理者" in refused.text
    assert (await actor(db, administrator.id or 0)).is_administrator


async def test_of_two_administrators_who_dismiss_each_other_one_stays(
    db: Database, administrator: Actor
) -> None:
    other = await an_account(db, role=Role.ADMINISTRATOR)
    await offices.appoint(db, administrator, Appointment(who=other.pen_name, role=Role.RESIDENT))
    with pytest.raises(Forbidden):  # who was one still when this was asked
        await offices.appoint(db, other, Appointment(who=administrator.pen_name, role=Role.RESIDENT))
    assert (await actor(db, administrator.id or 0)).is_administrator


@pytest.mark.usefixtures("administrator")
async def test_every_change_of_an_office_is_found_page_by_page(
    client: httpx.AsyncClient, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "CHANGES_SHOWN", 1)
    people = [await an_account(db) for _ in range(3)]
    for person in people:
        await client.post("/admin/people", data={"who": person.pen_name, "role": "moderator"})
    said = [text_of(leaf).split("だれに何を渡したか")[1] async for leaf in leaves(client, "/admin")]
    assert [sum(person.pen_name in page for page in said) for person in people] == [1, 1, 1]


@pytest.mark.usefixtures("administrator")
async def test_what_somebody_has_already_is_given_once_and_staff_keep_their_room(
    client: httpx.AsyncClient, db: Database
) -> None:
    board, room = await a_board(db), await a_board(db, "staff")
    person, clerk = await an_account(db), await a_staff_member(db)
    before = len(await newest(db, before=NEWEST, limit=99))
    for _twice in range(2):
        data = {"who": person.pen_name, "office": "facilitator"}
        assert (await client.post(f"/admin/boards/{board.slug}/people", data=data)).status_code == 303
    assert len(await newest(db, before=NEWEST, limit=99)) == before + 1
    for _twice in range(2):
        await client.post("/admin/people", data={"who": person.pen_name, "role": "moderator"})
    assert len(await newest(db, before=NEWEST, limit=99)) == before + 2
    refused = await client.post(f"/admin/boards/{room.slug}/people", data=data)
    assert (refused.status_code, list(problems(parsed(refused)))) == (422, ["who"])
    data["who"] = clerk.pen_name
    assert (await client.post(f"/admin/boards/{room.slug}/people", data=data)).status_code == 303


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("away", ["leaving = 'account', leaves_at = now()", "suspended_at = now()"])
async def test_whoever_is_on_the_way_out_gets_no_office_and_can_lose_one(
    client: httpx.AsyncClient, db: Database, away: str
) -> None:
    person, board = await a_moderator(db), await a_board(db)
    await db.run(f"update accounts set {away} where id = :id", id=person.id)
    for address, field in (
        ("people", {"role": "administrator"}),
        (f"boards/{board.slug}/people", {"office": "moderator"}),
    ):
        refused = await client.post(f"/admin/{address}", data={"who": person.pen_name} | field)
        assert (refused.status_code, list(problems(parsed(refused)))) == (422, ["who"])
    taken = await client.post("/admin/people", data={"who": person.pen_name, "role": "resident"})
    assert taken.status_code == 303


@pytest.mark.usefixtures("administrator")
async def test_an_office_is_for_who_is_here_and_confirmed(client: httpx.AsyncClient, db: Database) -> None:
    unconfirmed, board = await an_account(db), await a_board(db)
    await db.run("update accounts set confirmed_at = null where id = :id", id=unconfirmed.id)
    for who in (unconfirmed.pen_name, "nobody@example.jp", "だれもいない"):
        for address, field in (
            ("people", {"role": "moderator"}),
            (f"boards/{board.slug}/people", {"office": "moderator"}),
        ):
            refused = await client.post(f"/admin/{address}", data={"who": who} | field)
            assert list(problems(parsed(refused))) == ["who"]
            assert f'value="{who}"' in refused.text
    for role, wrong in (("", "role"), ("guest", "role"), ("staff", "section_id"), ("mayor", "role")):
        person = await an_account(db)
        refused = await client.post("/admin/people", data={"who": person.pen_name, "role": role})
        assert list(problems(parsed(refused))) == [wrong]


async def test_nobody_else_comes_in(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    board = await a_board(db)
    for person in (
        None,
        await an_account(db),
        await a_moderator(db),
        await a_staff_member(db),
        await a_newcomer(db),
    ):
        if person:
            await login(client, person.id or 0)
        for address in ("/admin", "/admin/boards/new", f"/admin/boards/{board.slug}", "/admin/sections/new"):
            assert (await client.get(address)).status_code == 403
        assert (
            await client.post("/admin/people", data={"who": "x", "role": "administrator"})
        ).status_code == 403
        assert (await client.post("/admin/boards/new", data=BOARD)).status_code == 403


async def test_who_was_given_what_stays_on_record(
    client: httpx.AsyncClient, db: Database, administrator: Actor
) -> None:
    board, person = await a_board(db), await an_account(db)
    await client.post(
        f"/admin/boards/{board.slug}/people", data={"who": person.pen_name, "office": "moderator"}
    )
    dismissal = {"account_id": str(person.id), "office": "moderator"}
    for _again in range(2):  # the second takes nothing, and is no news
        await client.post(f"/admin/boards/{board.slug}/people/dismiss", data=dismissal)
    for _again in range(2):  # on the command line
        await offices.give_role(db, Appointment(who=person.pen_name, role=Role.MODERATOR))
    changes = await newest(db, before=NEWEST, limit=9)
    assert [(change.office, change.given, change.by) for change in changes] == [
        ("moderator", True, None),
        ("moderator", False, administrator.pen_name),
        ("moderator", True, administrator.pen_name),
    ]
    shown = text_of(parsed(await client.get("/admin")))
    assert f"{person.pen_name}：審査の担当者・{board.name}" in shown
    assert [line async for line in mismatches(db)] == []
