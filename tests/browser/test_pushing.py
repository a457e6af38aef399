"""Notices on a device: one press asks for them, and a little script shows what comes."""

import asyncio
import json

from playwright.async_api import BrowserContext, expect

from forum.db import Database
from tests.browser.conftest import Enter
from tests.factories import an_account
from tests.forum.devices.push_service import Browser

# What browsers ask their makers' servers for, which are not here.
SUBSCRIBES = """PushManager.prototype.subscribe = async ({ applicationServerKey }) => ({ toJSON: () => {
    if (!/^[\\w-]{87}$/.test(applicationServerKey)) throw new Error("no key");
    return %s;
}})"""
# A browser without a screen has nowhere to show anything: it says what it would.
LISTENS = """self.shown = new Promise((tell) => {
    ServiceWorkerRegistration.prototype.showNotification = async (title, { data, tag }) => tell([title, data, tag]);
}); null"""


async def test_one_press_adds_the_device_and_a_message_is_shown(
    context: BrowserContext, site_url: str, site_db: Database, enter: Enter
) -> None:
    await enter(context, await an_account(site_db))
    await context.add_init_script("Notification.requestPermission = async () => 'granted'")
    form = Browser("https://push.example/one").form
    given = {"endpoint": form.pop("endpoint"), "keys": form}
    await context.add_init_script(SUBSCRIBES % json.dumps(given))
    page = await context.new_page()
    await page.goto("/inbox/settings")
    await expect(page.get_by_text("このブラウザーでは使えません")).to_be_hidden()
    await page.get_by_role("button", name="この端末に知らせる").click()
    await expect(page.get_by_text("この端末に知らせるようにしました。")).to_be_visible()
    await expect(page.get_by_text("この端末", exact=True)).to_be_visible()
    await expect(page.get_by_label("端末にすぐ知らせる").first).to_be_checked()

    registered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    devtools = await context.new_cdp_session(page)

    def hear(event: dict[str, list[dict[str, str]]]) -> None:
        for one in event["registrations"]:
            if one["scopeURL"].endswith("/inbox/") and not registered.done():
                registered.set_result(one["registrationId"])

    devtools.on("ServiceWorker.workerRegistrationUpdated", hear)
    await devtools.send("ServiceWorker.enable")
    worker = next(iter(context.service_workers), None) or await context.wait_for_event("serviceworker")
    await worker.evaluate(LISTENS)
    message = {"title": "返信がありました", "body": "IT市民会議室", "lang": "ja", "url": "/inbox/7"}
    await devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": site_url, "registrationId": await registered, "data": json.dumps(message)},
    )
    assert await worker.evaluate("self.shown") == ["返信がありました", "/inbox/7", "/inbox/7"]

    await page.get_by_role("button", name="に知らせるのをやめる").click()
    await expect(page.get_by_role("button", name="この端末に知らせる")).to_be_visible()


async def test_whoever_refuses_reads_why_nothing_comes(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    await enter(context, await an_account(site_db))
    await context.add_init_script("Notification.requestPermission = async () => 'denied'")
    page = await context.new_page()
    await page.goto("/inbox/settings")
    await page.get_by_role("button", name="この端末に知らせる").click()
    await expect(page.get_by_text("通知が止められています")).to_be_visible()
