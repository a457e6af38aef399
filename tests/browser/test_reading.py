"""What a visitor sees."""

import re

from playwright.async_api import BrowserContext, expect

from forum.db import Database
from tests.factories import a_topic


async def test_a_visitor_finds_a_topic_while_typing(context: BrowserContext, site_db: Database) -> None:
    topic = await a_topic(site_db, title="貫井神社の湧き水", body="夏も冷たい。")
    page = await context.new_page()
    await page.goto("/search")
    await page.get_by_label("言葉").press_sequentially("湧き水")
    offered = page.get_by_role("navigation", name="候補")
    await expect(offered.get_by_role("link")).to_have_text(["貫井神社の湧き水 話題"])
    await page.keyboard.press("Escape")
    await expect(offered).to_be_hidden()
    await page.keyboard.press("Backspace")
    await expect(offered.get_by_role("link")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"/topics/{topic.topic_id}"))
