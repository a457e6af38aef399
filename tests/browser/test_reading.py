"""What a visitor sees."""

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
