"""The calendar and the list of groups: entered by staff and facilitators, read by everybody, also by other programs."""

from datetime import timedelta

import httpx
import pytest
from pydantic import ValidationError

from forum import clock
from forum.community import actions, queries, rules
from forum.community.rules import GroupForm
from forum.db import Database
from forum.errors import Conflict, Forbidden
from tests.conftest import Login
from tests.factories import a_board, a_facilitator, a_staff_member, an_account
from tests.forum.community.entries import TOKYO, a_group, an_occasion, occasion
from tests.pages import leaves, links, parsed, problems, text_of, values

DAY = timedelta(days=1)


async def test_what_a_facilitator_enters_everybody_reads_on_home_and_in_their_calendar(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    await login(client, (await a_facilitator(db, await a_board(db))).id or 0)
    start = (clock.now() + 20 * DAY).astimezone(TOKYO)
    typed = {
        "kind": "course", "title": "はじめてのIT講習会", "starts_at": f"{start:%Y-%m-%d}T10:00",
        "ends_at": f"{start:%Y-%m-%d}T12:00", "place": "公民館、1階", "host": "情報システム課", "link": "https://example.jp/it",
    }  # fmt: skip
    assert (await client.post("/calendar/new", data=typed)).status_code == 303
    await client.post("/logout")
    home, calendar = await client.get("/"), await client.get("/calendar")
    for page in (home, calendar):
        assert "はじめてのIT講習会" in page.text
        assert "10:00</time>～<time" in page.text
    assert 'href="https://example.jp/it" rel="nofollow noopener"' in calendar.text
    feed = (await client.get("/calendar.ics")).text
    assert f"DTSTART:{start:%Y%m%d}T010000Z\r\nDTEND:{start:%Y%m%d}T030000Z" in feed
    assert "LOCATION:公民館、1階" in feed
    assert "NAME:催しと講座｜IT市民会議室｜小金井市\r\n" in feed


async def test_however_often_the_button_is_pressed_there_is_one_entry(db: Database) -> None:
    """A second one could only be called off, and the calendar would say so of what takes place."""
    clerk, form = await a_staff_member(db), occasion(ends_at=None)
    numbers = [await actions.enter_occasion(db, clerk, form, TOKYO) for _twice in range(2)]
    assert numbers[0] == numbers[1]
    assert await an_occasion(db, clerk, starts_at=form.starts_at, about="雨でも開きます。") != numbers[0]
    assert await actions.enter_occasion(db, await a_staff_member(db), form, TOKYO) != numbers[0]
    await actions.change_occasion(db, clerk, numbers[0], form.model_copy(update={"cancelled": True}), TOKYO)
    assert await actions.enter_occasion(db, clerk, form, TOKYO) != numbers[0], "after all"


async def test_however_often_the_button_is_pressed_a_group_is_listed_once(db: Database) -> None:
    facilitator = await a_facilitator(db, await a_board(db))
    number = await a_group(db, facilitator)
    assert await a_group(db, facilitator) == number
    assert await a_group(db, facilitator, about="桜も守ります。") != number
    assert await a_group(db, await a_staff_member(db)) != number
    listed = await queries.group(db, number)
    assert listed is not None
    unlisted = GroupForm(name=listed.name, about=listed.about, link=listed.link, unlisted=True)
    await actions.change_group(db, facilitator, number, unlisted)
    assert await a_group(db, facilitator) != number, "after all"


async def test_what_is_called_off_says_so_in_every_calendar(db: Database, client: httpx.AsyncClient) -> None:
    clerk = await a_staff_member(db)
    number = await an_occasion(db, clerk)
    await actions.change_occasion(db, clerk, number, occasion(cancelled=True), TOKYO)
    assert "中止" in text_of(parsed(await client.get("/calendar")))
    feed = (await client.get("/calendar.ics")).text
    assert "STATUS:CANCELLED" in feed
    assert "SEQUENCE:1" in feed
    with pytest.raises(Conflict):
        await actions.change_occasion(db, clerk, number, occasion(version=0), TOKYO)
    with clock.at(clock.now() + 30 * DAY):
        assert await queries.occasions(db, clock.now(), 10) == []


async def test_what_has_no_end_is_shown_until_its_day_is_over(db: Database) -> None:
    morning = (clock.now() + 10 * DAY).astimezone(TOKYO).replace(hour=9, minute=0, second=0, microsecond=0)
    clerk = await a_staff_member(db)
    await an_occasion(db, clerk, starts_at=morning.replace(tzinfo=None))
    ends = morning + timedelta(hours=2)
    await an_occasion(
        db, clerk, starts_at=morning.replace(tzinfo=None), ends_at=ends.replace(tzinfo=None), title="短い会"
    )
    shown = [await queries.occasions(db, morning + timedelta(hours=hours), 10) for hours in (0, 3, 14.9, 15)]
    assert [[one.title for one in found] for found in shown] == [
        ["スマホ教室", "短い会"], ["スマホ教室"], ["スマホ教室"], []
    ]  # fmt: skip


async def test_others_change_only_what_they_entered(db: Database) -> None:
    facilitator, resident = await a_facilitator(db, await a_board(db)), await an_account(db)
    number = await a_group(db, await a_staff_member(db))
    changed = GroupForm(name="別の会", about="別のこと。")
    for person in (facilitator, resident):
        with pytest.raises(Forbidden):
            await actions.change_group(db, person, number, changed)
    with pytest.raises(Forbidden):
        await a_group(db, resident)


async def test_a_group_is_listed_with_its_page_and_taken_off_again(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    number = await a_group(db, clerk := await a_staff_member(db), contact="042-387-9999")
    page = await client.get("/groups")
    assert 'href="https://example.jp/nogawa" rel="nofollow noopener"' in page.text
    assert f"/groups/{number}" not in links(parsed(page))
    await login(client, clerk.id or 0)
    form = values(parsed(await client.get(f"/groups/{number}")))
    assert (form["contact"], "unlisted" in form) == ("042-387-9999", False)
    await client.post(f"/groups/{number}", data=form | {"unlisted": "on"})
    assert f"/groups/{number}" in links(parsed(await client.get("/groups"))), "who may list it again finds it"
    await client.post("/logout")
    assert "野川を守る会" not in (await client.get("/groups")).text


async def test_whoever_was_slower_sees_what_stands_there_and_may_save_all_the_same(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk, colleague = await a_staff_member(db), await a_staff_member(db)
    entries = {
        f"/groups/{await a_group(db, clerk)}": "name",
        f"/calendar/{await an_occasion(db, clerk)}": "title",
    }
    for address, name in entries.items():
        await login(client, colleague.id or 0)
        form = values(parsed(await client.get(address)))
        assert (await client.post(address, data=form | {name: "同僚の言葉"})).status_code == 303
        await login(client, clerk.id or 0)
        page = await client.post(address, data=form | {name: "わたしの言葉"})
        assert (page.status_code, '名前</dt><dd class="diff">同僚の言葉</dd>' in page.text) == (409, True)
        again = values(parsed(page))
        assert again[name] == "わたしの言葉"
        assert (await client.post(address, data=again)).status_code == 303
        assert values(parsed(await client.get(address)))[name] == "わたしの言葉"


async def test_calendar_and_groups_go_on_page_by_page_to_their_end(
    client: httpx.AsyncClient, db: Database, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "OCCASIONS_SHOWN", 1)
    monkeypatch.setattr(rules, "GROUPS_SHOWN", 1)
    clerk, start = await a_staff_member(db), occasion().starts_at
    for title, place in (("苗木市", "南口"), ("苗木市", "北口"), ("輪投げ", "公園")):
        await an_occasion(db, clerk, title=title, place=place, starts_at=start)
    names = ["あさがお会", "あさがお会", "ひまわり会"]
    for name, contact in zip(names, ("南町", "北町", "東町"), strict=True):
        await a_group(db, clerk, name=name, contact=contact)
    unlisted = await a_group(db, clerk, name="おわった会")
    gone = GroupForm(name="おわった会", about="おわりました。", unlisted=True)
    await actions.change_group(db, clerk, unlisted, gone)

    async def shown(address: str) -> list[str]:
        return [text_of(heading) async for leaf in leaves(client, address) for heading in leaf.iter("strong")]

    assert await shown("/calendar") == ["苗木市", "苗木市", "輪投げ"]
    assert await shown("/groups") == names
    assert len([leaf async for leaf in leaves(client, "/groups")]) == len(names), (
        "nobody is led to an empty page"
    )
    await login(client, clerk.id or 0)
    *_, last = [leaf async for leaf in leaves(client, "/groups")]
    assert f"/groups/{unlisted}" in links(last)
    assert "まだ載っている団体はありません" not in text_of(last)


async def test_what_stands_there_already_is_not_asked_about_again(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk, about = await a_staff_member(db), "申し込みは090-1234-5678へ。"
    await login(client, clerk.id or 0)
    for address in (
        f"/calendar/{await an_occasion(db, clerk, about=about)}",
        f"/groups/{await a_group(db, clerk, about=about)}",
    ):
        form = values(parsed(await client.get(address)))
        assert (await client.post(address, data=form)).status_code == 303
        newer = values(parsed(await client.get(address))) | {"about": "電話は080-1234-5678です。"}
        assert problems(parsed(await client.post(address, data=newer))).keys() == {"public"}


async def test_a_form_says_what_is_wrong_with_it(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    await login(client, (await a_staff_member(db)).id or 0)
    typed = {"name": "会", "about": "わたしの携帯は090-1234-5678です。", "link": "javascript:alert(1)"}
    page = await client.post("/groups/new", data=typed)
    assert page.status_code == 422
    assert set(problems(parsed(page))) == {"link", "public"}
    assert "団体のページのアドレス：https://" in text_of(parsed(page))
    edges = {"starts_at": "2026-05-01T10:00", "ends_at": "2026-05-01T09:00"}
    page = await client.post(
        "/calendar/new", data={"kind": "event", "title": "祭", "place": "所", "host": "市"} | edges
    )
    assert set(problems(parsed(page))) == {"ends_at"}
    assert "終わり：終わりは、始まりよりあとにしてください。" in text_of(parsed(page))


@pytest.mark.parametrize(
    "address", ["http://", "ftp://example.jp", "https://a b", "https://me@example.jp", "//x", "https://["]
)
def test_what_is_no_page_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        GroupForm(name="会", about="会です。", link=address)


def test_times_are_those_of_the_town() -> None:
    start, end = occasion(starts_at="2026-05-01T10:00", ends_at=None).span(TOKYO)
    assert (f"{start:%z}", end) == ("+0900", None)
