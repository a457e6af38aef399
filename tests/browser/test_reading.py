"""What a visitor sees."""

import re

from playwright.async_api import BrowserContext, expect

from forum.db import Database
from tests.browser.conftest import Enter
from tests.factories import a_topic, an_account


async def test_a_visitor_reads_a_topic(context: BrowserContext, site_db: Database) -> None:
    topic = await a_topic(site_db, title="野川の遊歩道", body="夜も**歩きやすく**したい。")
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    await expect(page.get_by_role("heading", level=1)).to_have_text("野川の遊歩道")
    await expect(page.locator(".post strong")).to_have_text("歩きやすく")


async def test_a_resident_replies_without_a_reload(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic, resident = await a_topic(site_db), await an_account(site_db)
    await enter(context, resident)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    await page.get_by_label("本文").fill("賛成します。")
    await page.get_by_role("button", name="投稿する").click()
    await expect(page.locator(".post .prose").last).to_have_text("賛成します。")


async def test_a_visitor_finds_a_topic_while_typing(context: BrowserContext, site_db: Database) -> None:
    topic = await a_topic(site_db, title="貫井神社の湧き水", body="夏も冷たい。")
    page = await context.new_page()
    await page.goto("/search")
    await page.get_by_label("ことば").press_sequentially("湧き水")
    offered = page.get_by_role("navigation", name="候補")
    await expect(offered.get_by_role("link")).to_have_text(["貫井神社の湧き水 話題"])
    await page.keyboard.press("Escape")
    await expect(offered).to_be_hidden()
    await page.keyboard.press("Backspace")
    await expect(offered.get_by_role("link")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"/topics/{topic.topic_id}"))
