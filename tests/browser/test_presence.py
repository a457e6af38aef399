"""Two windows on one topic: who else is there, who writes, and what neither shows."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from forum.accounts import actions as accounts
from forum.db import Database
from realtime.protocol import Close
from tests.browser.conftest import Enter
from tests.factories import a_topic, actor, an_account

Open = Callable[..., AbstractAsyncContextManager[Page]]
READERS, WRITERS = "[data-readers]", "[data-writers]"


@pytest.fixture
def opened(browser: Browser, site_url: str, site_db: Database, enter: Enter) -> Open:
    """A window of a browser of its own; of a guest, or of an account."""

    @asynccontextmanager
    async def opened(path: str, account: int | None = None) -> AsyncIterator[Page]:
        async with await browser.new_context(base_url=site_url, locale="ja-JP") as context:
            if account is not None:
                await enter(context, await actor(site_db, account))
            page = await context.new_page()
            await page.goto(path)
            await expect(page.locator("html")).to_have_attribute("data-live", "on")
            yield page

    return opened


@asynccontextmanager
async def going_on_typing(page: Page) -> AsyncIterator[None]:
    """For as long as somebody looks: whoever stops is forgotten after six seconds, seen or not."""
    field, seen = page.get_by_label("本文"), asyncio.Event()

    async def go_on() -> None:
        while not seen.is_set():
            await field.press_sequentially("あ")
            await asyncio.sleep(0.2)

    async with asyncio.TaskGroup() as group:
        group.create_task(go_on())
        yield
        seen.set()


async def a_reader(db: Database, name: str | None = None) -> int:
    """An account; named while reading if it has a name of its own."""
    account = (await an_account(db)).id or 0
    if name is not None:
        await db.run("update accounts set pen_name = :name where id = :id", name=name, id=account)
        await accounts.name_while_reading(db, account, named=True)
    return account


async def test_two_windows_see_each_other_and_that_somebody_writes(opened: Open, site_db: Database) -> None:
    path = f"/topics/{(await a_topic(site_db)).topic_id}"
    async with opened(path) as guest:
        await expect(guest.locator(READERS)).to_be_hidden()
        async with opened(path, await a_reader(site_db, "さくら")) as writer:
            for page in (guest, writer):
                await expect(page.locator(READERS)).to_have_text("2人が閲覧中（うち さくらさん）")
                await expect(page.locator(WRITERS)).to_be_hidden()
            async with going_on_typing(writer):
                await expect(guest.locator(WRITERS)).to_be_visible()
                await expect(guest.locator(WRITERS)).to_have_text("だれかが書き込み中")
                await expect(writer.locator(WRITERS)).to_be_hidden()  # it is they who write
            await writer.get_by_role("button", name="投稿する").click()
            await expect(guest.locator(".post")).to_have_count(2)
            await expect(guest.locator(WRITERS)).to_be_hidden()
        await expect(guest.locator(READERS)).to_be_hidden()


async def test_what_is_typed_never_leaves_before_it_is_sent(opened: Open, site_db: Database) -> None:
    path = f"/topics/{(await a_topic(site_db)).topic_id}"
    async with opened(path, await a_reader(site_db)) as writer:
        frames: list[str] = []
        writer.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
        await writer.reload()
        await expect(writer.locator("html")).to_have_attribute("data-live", "on")
        started = time.monotonic()
        for _ in range(30):
            await writer.get_by_label("本文").press_sequentially("ひみつ", delay=5)
        signs = [frame for frame in frames if "writing" in frame]
        assert 1 <= len(signs) <= 1 + (time.monotonic() - started) / 3, "one sign in three seconds"
        assert not any("ひみつ" in frame for frame in frames)


async def test_a_name_is_text_whatever_it_is(opened: Open, site_db: Database) -> None:
    path, name = f"/topics/{(await a_topic(site_db)).topic_id}", "<img src=x $& {n}>"
    async with opened(path) as guest, opened(path, await a_reader(site_db, name)):
        await expect(guest.locator(READERS)).to_have_text(f"2人が閲覧中（うち {name}さん）")
        assert await guest.locator(f"{READERS} img").count() == 0


async def test_nothing_is_said_aloud_and_a_pause_is_a_pause(opened: Open, site_db: Database) -> None:
    path = f"/topics/{(await a_topic(site_db)).topic_id}"
    async with opened(path) as guest, opened(path):
        await expect(guest.locator(READERS)).to_have_text("2人が閲覧中")
        for place in (READERS, WRITERS):
            live = "e => e.closest('[aria-live]').getAttribute('aria-live')"
            assert await guest.locator(place).evaluate(live) == "off"
        await guest.get_by_role("button", name="自動更新を止める").click()
        async with opened(path) as third:
            await expect(third.locator(READERS)).to_have_text("3人が閲覧中")
            await expect(guest.locator(READERS)).to_have_text("2人が閲覧中")
            await guest.get_by_role("button", name=re.compile("再開")).click()
            await expect(guest.locator(READERS)).to_have_text("3人が閲覧中")


async def test_who_is_cut_off_is_not_told_what_was(opened: Open, site_db: Database) -> None:
    path, routes = f"/topics/{(await a_topic(site_db)).topic_id}", list[WebSocketRoute]()

    def through(route: WebSocketRoute) -> None:
        if not routes:
            route.connect_to_server()
        routes.append(route)

    async with opened(path) as guest, opened(path):
        await guest.route_web_socket("**/live", through)
        await guest.reload()
        await expect(guest.locator(READERS)).to_have_text("2人が閲覧中")
        await routes[0].close(code=Close.RESTART)
        await expect(guest.locator(READERS)).to_be_hidden()


async def test_it_is_said_in_english(opened: Open, site_db: Database) -> None:
    path = f"/topics/{(await a_topic(site_db)).topic_id}"
    names = ["さくら", "はけの道"]
    first, second = [await a_reader(site_db, name) for name in names]
    async with opened(path) as guest, opened(path, first), opened(path, second):
        await guest.get_by_role("button", name="English").click()
        await expect(guest.locator(READERS)).to_have_text("3 people reading, among them さくら and はけの道")


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
async def test_it_is_easy_to_read_and_never_too_wide(
    opened: Open, site_db: Database, width: int, scheme: Literal["light", "dark"]
) -> None:
    path = f"/topics/{(await a_topic(site_db)).topic_id}"
    writer, other = [await a_reader(site_db, letter * 20) for letter in "あい"]
    async with opened(path) as guest, opened(path, writer) as typing, opened(path, other):
        await guest.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await guest.set_viewport_size({"width": width, "height": 844})
        await expect(guest.locator(READERS)).to_contain_text("3人が閲覧中")
        async with going_on_typing(typing):
            await expect(guest.locator(WRITERS)).to_be_visible()
        assert await guest.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        found = await Axe().run(guest)
        assert found.violations_count == 0, found.generate_report()


async def test_without_scripts_there_is_nothing_to_see(
    browser: Browser, site_url: str, site_db: Database
) -> None:
    path = f"/topics/{(await a_topic(site_db)).topic_id}"
    async with await browser.new_context(base_url=site_url, java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(path)
        await expect(page.locator(READERS)).to_be_hidden()
        await expect(page.locator(WRITERS)).to_be_hidden()
