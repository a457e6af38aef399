"""Everything about oneself in one file: asked for, made, told, handed to nobody else, and gone after a week."""

import io
import json
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import html5lib
import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.accounts.queries import set_time_zone
from forum.app import create_app
from forum.db import Database
from forum.files import actions as files
from forum.files.rules import File, Kind
from forum.people import actions, packing
from forum.people.jobs import forget_takeouts, jobs
from forum.people.queries import takeouts
from forum.people.rules import TAKEOUT_EVERY, TAKEOUT_WAITS
from forum.posts.reacting import Kind as Reaction
from forum.posts.reacting import Press
from forum.posts.rules import Edit
from forum.settings import Settings
from forum.slices import PORTIONS
from forum.topics.actions import discussing, responding
from moderation.reviews import actions as reviews
from moderation.reviews.actions import masking
from moderation.reviews.acts import Act
from moderation.reviews.masking import Wish
from moderation.reviews.rules import Complaint, Verdict
from tests.conftest import Login, visitor
from tests.factories import a_moderator, a_post, a_staff_member, a_topic, an_account
from tests.forum.files.test_web import a_picture, address_in
from tests.moderation.consultations import stories

HERE = "/account/records"
NOW = datetime(2026, 4, 1, tzinfo=UTC)


async def made(app: Starlette, account: Actor) -> None:
    """What the job makes of the question."""
    latest = await takeouts.latest(app.state.site.db, account.id or 0)
    assert latest is not None
    await jobs(PORTIONS)["takeout"](app.state.site, {"takeout_id": latest.id})


async def received(client: httpx.AsyncClient, db: Database, account: Actor) -> ZipFile:
    latest = await takeouts.latest(db, account.id or 0)
    assert latest is not None
    assert f"{HERE}/{latest.id}" in (await client.get(HERE)).text
    answer = await client.get(f"{HERE}/{latest.id}")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-type"] == "application/zip"
    assert len(answer.content) == latest.bytes
    return ZipFile(io.BytesIO(answer.content))


async def test_it_holds_what_is_one_s_own_and_nothing_of_others(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, other, moderator = await an_account(db), await an_account(db), await a_moderator(db)
    picture = await a_picture(app, login, author)
    topic = await a_topic(db, author, title="池の水", body=f"はじめの文\n\n{picture}")
    await discussing.edit(
        db, author, topic.id, Edit(title="池の水", body="<b>直した</b>文", version=topic.version)
    )
    theirs = await a_post(db, other, topic=topic, body="ひとの意見", reply_to_id=topic.id)
    hidden = await a_post(db, author, topic=topic, body="かくされた文")
    verdict = Verdict(act=Act.HIDE, version=hidden.version, report=0, rule=4, reason="宣伝です。")
    await reviews.decide(db, moderator, hidden.id, verdict)
    await reviews.report(db, author, theirs.id, Complaint(rule=4, note="見てください。"))
    await responding.react(db, author, theirs.id, Press(kind=Reaction.THANKS, on=True))
    masked = await a_post(db, author, topic=topic, body="電話は090の番号です。")
    wish = Wish(act=Act.MASK, passages="090", rule=1, reason="番号です。", version=masked.version)
    await masking.decide(db, moderator, masked.id, wish)
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure, author)
    await login(client, author.id or 0)
    assert (await client.post(HERE)).status_code == 303
    await made(app, author)
    archive = await received(client, db, author)
    whole = json.loads(archive.read("everything.json"))
    assert [version["words"] for version in whole["posts"][0]["versions"]] == [
        f"はじめの文\n\n{picture}",
        "<b>直した</b>文",
    ]
    assert whole["posts"][1]["state"] == "hidden"
    [version] = whole["posts"][2]["versions"]
    assert (version["words"], version["sha256"]) == ("電話は■■■の番号です。", None)
    assert (whole["decisions"][0]["reason"], whole["decisions"][0]["decided_by"]) == (
        "宣伝です。",
        "moderator",
    )
    assert whole["submissions"][0]["words"] == "街路樹を守ってください。"
    assert [len(whole[name]) for name in ("topics", "reports", "reactions", "files")] == [1] * 4
    assert archive.read(address_in(picture)[1:])[:2] == b"\xff\xd8"
    page = archive.read("index.html").decode()
    for text in (page, json.dumps(whole, ensure_ascii=False)):
        for foreign in (
            "ひとの意見",
            other.pen_name,
            moderator.pen_name,
            stories.NAME,
            stories.ADDRESS,
            "argon2",
            "電話は090",
        ):
            assert foreign not in text
    check_offline(page)
    assert "&lt;b&gt;直した&lt;/b&gt;文" in page


def check_offline(page: str) -> None:
    """Valid, and nothing in it runs or comes from elsewhere."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    loads = [(each.tag, each.get("src") or each.get("href")) for each in tree.iter() if each.tag != "a"]
    assert [(tag, found) for tag, found in loads if found] == [("link", "style.css")]
    assert not [each for each in tree.iter() if each.tag in ("script", "iframe", "form")]


async def test_it_is_its_owner_s_alone_once_a_day_and_goes_after_a_week(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, storage = await an_account(db), app.state.site.storage
    assert (await client.get(HERE)).headers["location"] == "/login?next=/account/records"
    assert (await client.post(HERE)).status_code == 303  # on to the login page
    await login(client, author.id or 0)
    await client.post(HERE)
    assert "まとめています。" in (await client.get(HERE)).text
    again = await client.post(HERE)
    assert (again.status_code, "1日に1回です" in again.text) == (403, True)
    await made(app, author)
    await made(app, author)  # a job that runs twice
    inbox = (await client.get("/inbox")).text
    assert inbox.count("あなたの記録をまとめたファイルができました") == 1
    latest = await takeouts.latest(db, author.id or 0)
    assert latest is not None
    async with visitor(app) as stranger:
        assert (await stranger.get(f"{HERE}/{latest.id}")).status_code == 404
        await login(stranger, (await a_moderator(db)).id or 0)
        assert (await stranger.get(f"{HERE}/{latest.id}")).status_code == 404
    await files.sweep(db, storage)
    with clock.at(clock.now() + TAKEOUT_EVERY + timedelta(minutes=1)):
        await files.sweep(db, storage)
        assert (await client.get(f"{HERE}/{latest.id}")).status_code == 200
        assert (await client.post(HERE)).status_code == 303
    with clock.at(clock.now() + TAKEOUT_WAITS + timedelta(minutes=1)):
        assert (await client.get(f"{HERE}/{latest.id}")).status_code == 404
        await forget_takeouts(app.state.site, {})
    assert [key async for key, _put_at in storage.every()] == []
    assert await takeouts.takeout(db, latest.id) is None


async def test_nothing_stays_of_whoever_leaves_while_it_is_made(app: Starlette, db: Database) -> None:
    author, storage = await an_account(db), app.state.site.storage
    await actions.ask_for_takeout(db, author)
    asked = await takeouts.latest(db, author.id or 0)
    assert asked is not None
    for forgotten in (False, True):
        await takeouts.end(db, asked.account_id)
        if forgotten:
            await forget_takeouts(app.state.site, {})
        await storage.put(asked.key, b"everything")
        await actions.hand_over(db, storage, asked, 10)
        assert [key async for key, _put_at in storage.every()] == []
    assert await db.value("select count(*) from notifications") == 0


async def test_the_file_is_named_after_the_day_of_the_town(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author = await an_account(db)
    late = clock.now().replace(hour=20, minute=0)
    with clock.at(late):
        await login(client, author.id or 0)
        await client.post(HERE)
        await made(app, author)
        latest = await takeouts.latest(db, author.id or 0)
        assert latest is not None
        answer = await client.get(f"{HERE}/{latest.id}")
    tomorrow = (late + timedelta(days=1)).date()
    assert answer.headers["content-disposition"] == f'attachment; filename="everything-{tomorrow}.zip"'


async def test_times_are_those_of_its_reader(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author = await an_account(db)
    await login(client, author.id or 0)
    await set_time_zone(db, author.id or 0, "America/New_York")
    with clock.at(NOW):
        await actions.ask_for_takeout(db, author)
        await made(app, author)
        page = (await received(client, db, author)).read("index.html").decode()
    assert "3月31日" in page


def test_files_come_along_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "FILES_BYTES_MAX", 10)
    sizes = (4, 7, 6, 1)
    files = [
        File(n, 1, f"{n}", Kind.PDF, size, *[None] * 4, "x", f"{n}", NOW, None)
        for n, size in enumerate(sizes)
    ]
    assert [file.bytes for file in packing.fitting(files)] == [4, 6]


async def test_it_waits_for_the_second_factor_with_the_office_whose_words_it_holds(
    app: Starlette, db: Database, login: Login, settings: Settings, migrated_url: str
) -> None:
    clerk = await a_staff_member(db)
    demanding = create_app(settings.model_copy(update={"second_factor": "required"}), db, migrated_url)
    async with visitor(demanding) as client:
        await login(client, clerk.id or 0)
        assert (await client.post(HERE)).status_code == 403
        await actions.ask_for_takeout(db, clerk)
        await made(app, clerk)
        latest = await takeouts.latest(db, clerk.id or 0)
        assert latest is not None
        assert f"{HERE}/{latest.id}" not in (await client.get(HERE)).text
        assert (await client.get(f"{HERE}/{latest.id}")).status_code == 403
