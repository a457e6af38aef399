"""Notices reach devices through a real push service, sealed for the device alone; what is hostile, gone or slow is left."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest
from cryptography.exceptions import InvalidTag
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.accounts import actions as accounts
from forum.accounts.queries import account as accounts_of
from forum.db import Database, connected
from forum.devices import actions as adding
from forum.devices import queries, sending
from forum.devices.rules import DEVICES_MAX, FAILS_AT_MOST, Device, Subscription
from forum.devices.sending import Undelivered, new_key, public_key
from forum.notifications.pushing import device_push
from forum.settings import Settings
from forum.site import make_site
from forum.slices import JOBS, PORTIONS
from forum.web import Site
from tests import judging
from tests.conftest import Login, visitor
from tests.factories import a_moderator, a_post, a_topic, an_account
from tests.forum.devices.push_service import Browser, PushService, push_service
from tests.pages import parsed, text_of
from tests.waiting import waiting

KEY = new_key()
LOGGED_IN = {"user-agent": "Mozilla/5.0 (Linux; Android 10; K) Chrome/130.0 Mobile Safari/537.36"}
CHOSEN = {f"{subject}_mail": "off" for subject in ("answers", "watched", "decisions", "city")}


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PushService]:
    """The service, believed by this process."""
    async with push_service(tmp_path_factory.mktemp("push")) as (service, certificate):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(certificate))
            sending.trusted.cache_clear()
            yield service
        sending.trusted.cache_clear()


@pytest.fixture
def service(town: PushService) -> PushService:
    town.forget()
    return town


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Of a town that sends notices to devices; the service is on this machine."""
    own = (ip_network("127.0.0.0/8"),)
    return settings.model_copy(update={"vapid_private_key": KEY, "push_networks": own})


@pytest.fixture
def site(settings: Settings, db: Database) -> Site:
    return make_site(settings, db)


@pytest.fixture
async def hana(client: httpx.AsyncClient, db: Database, login: Login) -> Actor:
    """Logged in."""
    hana = await an_account(db)
    await login(client, hana.id or 0)
    return hana


async def listens(client: httpx.AsyncClient, browser: Browser) -> httpx.Response:
    return await client.post("/inbox/devices", data=browser.form, headers=LOGGED_IN)


async def devices(db: Database, person: Actor) -> list[Device]:
    return await queries.of_account(db, person.id or 0, clock.now())


async def is_answered(db: Database, person: Actor, body: str = "賛成です。") -> str:
    """Who answered."""
    question, asking = await a_topic(db, person), await an_account(db)
    await a_post(db, asking, topic=question, reply_to_id=question.id, body=body)
    return asking.pen_name


async def work(db: Database, site: Site) -> None:
    """What a worker does about devices."""
    for name in ("notices_push", "device_push"):
        rows = await db.rows("delete from pgqueuer where entrypoint = :name returning payload", name=name)
        for row in rows:
            await JOBS[name](site, json.loads(row["payload"]))


async def test_a_notice_is_one_line_that_only_its_device_can_read(
    client: httpx.AsyncClient, db: Database, site: Site, hana: Actor, service: PushService
) -> None:
    browser = service.browser()
    assert (await listens(client, browser)).headers["location"] == "/inbox/settings"
    name = await is_answered(db, hana, "だれにも言わないでください。")
    await work(db, site)
    [path] = service.paths
    assert path == "/push/one"
    assert {"ttl": "86400", "content-encoding": "aes128gcm"}.items() <= service.headers.items()
    claims = service.sender()
    assert (claims["key"], claims["sub"]) == (public_key(site.settings), f"mailto:{site.settings.mail_from}")
    said = json.loads(browser.opened(service.body))
    assert said["title"] == f"{name}さんが、あなたの投稿#1に返信しました"
    assert "だれにも" not in browser.opened(service.body)
    assert (await client.get(said["url"])).headers["location"].startswith("/posts/")
    with pytest.raises(InvalidTag):
        service.browser().opened(service.body)


async def test_many_at_once_are_one_message_of_the_same_length_and_what_is_read_is_none(
    client: httpx.AsyncClient, db: Database, site: Site, hana: Actor, service: PushService
) -> None:
    browser = service.browser()
    await listens(client, browser)
    await is_answered(db, hana)
    await work(db, site)
    length = len(service.body)
    for _ in range(3):
        await is_answered(db, hana)
    await work(db, site)
    said = json.loads(browser.opened(service.body))
    assert (said["title"], said["url"], len(service.body)) == ("お知らせ3件", "/inbox", length)
    await is_answered(db, hana)
    await client.post("/inbox/read")
    await work(db, site)
    assert len(service.paths) == 2


async def test_each_subject_is_chosen(
    client: httpx.AsyncClient, db: Database, site: Site, hana: Actor, service: PushService
) -> None:
    assert "端末にすぐ知らせる" in text_of(parsed(await client.get("/inbox/settings")))
    assert 'name="answers_push"' not in (await client.get("/inbox/settings")).text
    await listens(client, service.browser())
    assert 'name="answers_push" value="on" checked' in (await client.get("/inbox/settings")).text
    await client.post("/inbox/settings", data=CHOSEN | {"devices": "on", "answers_room": "on"})
    await is_answered(db, hana)
    await work(db, site)
    assert service.paths == []
    # A form that did not ask leaves it as it was.
    await client.post("/inbox/settings", data=CHOSEN)
    await is_answered(db, hana)
    await work(db, site)
    assert service.paths == []
    # On a device alone: neither in the inbox nor by mail.
    await client.post("/inbox/settings", data=CHOSEN | {"devices": "on", "answers_push": "on"})
    await is_answered(db, hana)
    await work(db, site)
    assert service.paths == ["/push/one"]


async def test_what_was_hidden_since_is_told_without_its_words(
    client: httpx.AsyncClient, db: Database, site: Site, hana: Actor, service: PushService
) -> None:
    browser = service.browser()
    await listens(client, browser)
    question = await a_topic(db, hana, title="秘密の題")
    answer = await a_post(db, topic=question, reply_to_id=question.id, body="秘密の本文")
    await judging.hide(db, await a_moderator(db), answer.id)
    await work(db, site)
    assert "秘密" not in browser.opened(service.body)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_forgotten(
    client: httpx.AsyncClient, db: Database, site: Site, hana: Actor, service: PushService, status: int
) -> None:
    await listens(client, service.browser())
    service.answer = b"HTTP/1.1 %d Gone\r\n\r\n" % status
    await is_answered(db, hana)
    await work(db, site)
    assert await devices(db, hana) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oops\r\n\r\n",
        b"HTTP/1.1 307 There\r\nLocation: /push/another\r\n\r\n",
        b"x" * 100_000,
        b"\r\n",
        b"",  # and nothing more, ever
    ],
)
async def test_what_fails_is_tried_again_for_minutes_and_the_device_for_days(
    client: httpx.AsyncClient,
    db: Database,
    site: Site,
    hana: Actor,
    service: PushService,
    monkeypatch: pytest.MonkeyPatch,
    answer: bytes,
) -> None:
    if not answer:
        monkeypatch.setattr(sending, "SECONDS_MAX", 0.5)
    await listens(client, service.browser())
    service.answer = answer
    await is_answered(db, hana)
    with pytest.raises(Undelivered):
        await work(db, site)
    [device] = await devices(db, hana)
    assert device.failing_since is not None
    assert service.paths == ["/push/one"]
    if not answer:  # whether it hears of the next ones is no question
        monkeypatch.setattr(sending, "SECONDS_MAX", 0.01)
    [notice] = await db.rows("select id from notifications where account_id = :id", id=hana.id)
    asked = {"device_id": device.id, "notices": [notice["id"]], "until": device.failing_since.isoformat()}
    with clock.at(device.failing_since + timedelta(minutes=6)):
        await device_push(site, asked)  # no more of it
    if answer.endswith(b"Oops\r\n\r\n"):
        service.answer = b"HTTP/1.1 201 Created\r\n\r\n"
        await device_push(site, asked)
        assert [one.failing_since for one in await devices(db, hana)] == [None]
        service.answer = answer
        await db.run("update push_devices set failing_since = :since", since=device.failing_since)
    with clock.at(device.failing_since + FAILS_AT_MOST + timedelta(minutes=1)):
        await device_push(site, asked)
        assert await devices(db, hana) == []


async def test_nothing_inside_is_ever_asked(
    client: httpx.AsyncClient, db: Database, site: Site, hana: Actor, service: PushService
) -> None:
    await listens(client, service.browser())
    await is_answered(db, hana)
    inside = site.settings.model_copy(update={"push_networks": ()})
    await work(db, make_site(inside, db))
    assert service.paths == []
    assert await devices(db, hana) == []


async def test_keys_that_changed_reach_nobody_until_they_ask_again(
    client: httpx.AsyncClient, db: Database, site: Site, hana: Actor, service: PushService
) -> None:
    await listens(client, service.browser())
    await is_answered(db, hana)
    await work(db, make_site(site.settings.model_copy(update={"vapid_private_key": new_key()}), db))
    assert (service.paths, await devices(db, hana)) == ([], [])


async def test_a_device_hears_as_long_as_its_owner_is_logged_in_there(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login, hana: Actor, service: PushService
) -> None:
    await listens(client, service.browser())
    async with visitor(app) as phone, visitor(app) as stranger:
        await login(phone, hana.id or 0)
        await listens(phone, service.browser("phone"))
        page = parsed(await phone.get("/inbox/settings"))
        assert text_of(page).count("Chrome (Android)") >= 2
        assert [
            text_of(badge) for badge in page.iter("span") if badge.get("class", "").startswith("badge")
        ] == ["この端末"]
        _newer, second = await devices(db, hana)
        await login(stranger, (await an_account(db)).id or 0)
        refused = await stranger.post(f"/inbox/devices/{second.id}/remove")
        assert refused.status_code == 404
        # Whoever uses the browser next takes it over.
        await listens(stranger, service.browser("phone"))
        assert await devices(db, hana) == [second]
        await listens(phone, service.browser("phone"))
        await client.post("/logout")
        [left] = await devices(db, hana)
        assert left.endpoint.endswith("/phone")
        await phone.post(f"/inbox/devices/{left.id}/remove")
        assert await devices(db, hana) == []
        await listens(phone, service.browser("phone"))
    await accounts.log_out_everywhere(db, hana.id or 0)
    assert await devices(db, hana) == []


async def test_the_oldest_of_many_devices_makes_room(
    client: httpx.AsyncClient, db: Database, login: Login, hana: Actor, service: PushService
) -> None:
    for n in range(DEVICES_MAX + 1):
        await login(client, hana.id or 0)
        with clock.at(clock.now() + timedelta(hours=n)):
            await listens(client, service.browser(str(n)))
    kept = [device.endpoint.rpartition("/")[2] for device in await devices(db, hana)]
    assert kept == [str(n) for n in range(DEVICES_MAX, 0, -1)]


async def test_what_goes_along_with_its_owner_is_no_right_to_send(
    client: httpx.AsyncClient, db: Database, hana: Actor, service: PushService
) -> None:
    await listens(client, service.browser())
    [portion] = [one for one in PORTIONS if one.name == "devices"]
    [row] = await db.rows(portion.sql, account_id=hana.id)
    assert (row["name"], row["through"]) == ("Chrome (Android)", f"localhost:{service.port}")
    assert "/push/" not in str([*row.values()])


async def test_who_may_not_and_what_is_no_browser_is_refused(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login, hana: Actor, service: PushService
) -> None:
    refused = await client.post("/inbox/devices", data=service.browser().form | {"auth": "x"})
    assert refused.status_code == 422
    async with visitor(app) as guest:
        assert (await listens(guest, service.browser())).headers["location"] == "/login?next=/inbox/settings"
        await login(guest, (await an_account(db)).id or 0)
        await db.run("update accounts set confirmed_at = null where id = (select max(id) from accounts)")
        assert (await listens(guest, service.browser())).status_code == 403
        assert "メールのリンク" in text_of(parsed(await guest.get("/inbox/settings")))


async def test_what_browsers_ask_for_stands_under_one_address(
    client: httpx.AsyncClient,
) -> None:
    script = await client.get("/inbox/worker.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "no-cache" in script.headers["cache-control"]
    app = await client.get("/inbox/app.webmanifest")
    assert app.headers["content-type"].startswith("application/manifest+json")
    assert (await client.get(app.json()["icons"][0]["src"])).status_code == 200


async def test_a_button_pressed_twice_and_a_session_that_ends_meanwhile(
    own_database: str, settings: Settings, service: PushService
) -> None:
    given = Subscription.model_validate(service.browser().form)
    async with connected(own_database) as db:
        person = await an_account(db)
        own = await accounts_of(db, person.id or 0)
        assert own is not None
        session = accounts.token_hash(await accounts.open_session(db, own))
        async with db.transaction():
            await adding.add(db, settings, person, session, "Firefox", given)
            late = await waiting(db, adding.add(db, settings, person, session, "Firefox", given))
        await late
        assert len(await devices(db, person)) == 1
        await accounts.log_out_everywhere(db, own.id)
        await adding.add(db, settings, person, session, "Firefox", given)
        assert await db.value("select count(*) from push_devices") == 0
