"""Two readers of one room: one has readings over kanji, in all that comes as on the page; the other has none."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from forum.db import Database
from forum.posts.rules import Edit
from forum.topics.actions import discussing
from tests.browser.conftest import Enter
from tests.factories import a_board, a_post, a_topic, an_account

PHONE = {"width": 390, "height": 844}


@pytest_asyncio.fixture
async def reading(browser: Browser, site_url: str) -> AsyncIterator[BrowserContext]:
    """A browser on a phone that shows readings."""
    async with await browser.new_context(base_url=site_url, locale="ja-JP", viewport=PHONE) as context:
        await context.add_cookies([{"name": "furigana", "value": "on", "url": site_url}])
        yield context


async def opened(context: BrowserContext, path: str) -> Page:
    page = await context.new_page()
    await page.goto(path)
    await expect(page.locator("html")).to_have_attribute("data-live", "on")
    return page


async def test_what_comes_live_has_readings_for_whoever_asked_for_them_and_for_nobody_else(
    context: BrowserContext, reading: BrowserContext, site_db: Database
) -> None:
    board = await a_board(site_db)
    topic, author = await a_topic(site_db, board=board), await an_account(site_db)
    path, rows = f"/topics/{topic.topic_id}", f"/boards/{board.slug}"
    plain, read = await opened(context, path), await opened(reading, path)
    plain_rows, read_rows = await opened(context, rows), await opened(reading, rows)

    post = await a_post(site_db, author, topic=topic, body="野川の水辺にベンチがほしい。")
    words = f"#post-{post.id} .prose"
    await expect(read.locator(f"{words} ruby")).to_have_text(["野川（のがわ）", "水辺（みずべ）"])
    await expect(plain.locator(words)).to_have_text("野川の水辺にベンチがほしい。")

    await discussing.edit(site_db, author, post.id, Edit(body="木陰もほしい。", version=post.version))
    await expect(read.locator(f"{words} rt")).to_have_text(["こかげ"])
    await expect(plain.locator(words)).to_have_text("木陰もほしい。")

    await a_topic(site_db, board=board, title="街灯の明るさ")
    await expect(read_rows.locator(".topic-row", has_text="街灯").locator("a rt").first).to_have_text(
        "がいとう"
    )
    await expect(plain_rows.locator(".topic-row", has_text="街灯の明るさ")).to_be_visible()
    for page in (plain, plain_rows):
        assert "<ruby" not in await page.content()

    answer = await a_post(site_db, author, topic=topic, body="賛成です。", reply_to_id=post.id)
    await read.locator(f"#post-{answer.id} a[data-in-place]").first.click()
    await expect(read.locator(".aside .prose rt")).to_have_text("こかげ")
    assert (await Axe().run(read)).response["violations"] == []
    assert await read.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_readings_get_into_nothing_that_is_written(
    reading: BrowserContext, site_db: Database, enter: Enter
) -> None:
    other, topic = await a_topic(site_db, title="懐かしい紙芝居"), await a_topic(site_db)
    post = await a_post(site_db, topic=topic, body="紙芝居を見たい。")
    await enter(reading, await an_account(site_db))
    page = await opened(reading, f"/topics/{topic.topic_id}")
    area = page.get_by_label("本文")
    await area.press_sequentially("#紙芝居")
    offered = page.get_by_role("listbox").get_by_role("option")
    await expect(offered.locator("rt").first).to_have_text("なつ")
    await offered.first.click()
    await expect(area).to_have_value(f"[懐かしい紙芝居](/topics/{other.topic_id})")
    await area.fill("")
    await page.locator(f"#post-{post.id} .prose p").evaluate("p => getSelection().selectAllChildren(p)")
    await page.locator(f"#post-{post.id} button[data-quote]").press("Enter")
    await expect(area).to_have_value(re.compile(rf"\(/posts/{post.id}\)\n> 紙芝居を見たい。\n\n$"))
