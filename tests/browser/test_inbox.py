"""The inbox in two tabs of one person."""

from playwright.async_api import BrowserContext, expect

from forum.db import Database
from forum.notifications.actions import tell, tell_more
from tests.browser.conftest import Enter
from tests.factories import an_account


async def test_notices_arrive_count_up_and_are_read_in_every_tab(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    person = await an_account(site_db)
    account_id = person.id or 0
    await enter(context, person)
    inbox, other = await context.new_page(), await context.new_page()
    for page, path in ((inbox, "/inbox"), (other, "/guide")):
        await page.goto(path)
        await expect(page.locator("html")).to_have_attribute("data-live", "on")
    await expect(inbox.get_by_text("お知らせはまだありません。")).to_be_visible()
    more = {"topic": "水車", "about": 7, "by": "ひなた", "excerpt": ""}
    async with site_db.transaction():
        await tell(site_db, account_id, "theme_opened", "/themes", topic="街灯")
        await tell_more(site_db, [account_id], "posted", "/", **more)
    rows = inbox.locator("li.unread")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("水車")
    await expect(rows.last).to_contain_text("街灯")
    await expect(inbox.get_by_text("お知らせはまだありません。")).to_be_hidden()
    await expect(other.locator("#unread-count")).to_have_text("2")
    async with site_db.transaction():
        await tell_more(site_db, [account_id], "posted", "/", **more)
    await expect(rows.first).to_contain_text("2件")

    await other.goto("/inbox")
    await other.locator("li.unread h2 a").last.click()
    await other.wait_for_url("**/themes")
    await expect(rows).to_have_count(1)
    await expect(inbox.locator("#unread-count")).to_have_text("1")
    await other.go_back()
    await expect(other.locator("li.unread")).to_have_count(1)
    await inbox.get_by_role("button", name="すべて読んだことにする").click()
    await expect(other.locator("li.unread")).to_have_count(0)
    await expect(other.get_by_role("button", name="すべて読んだことにする")).to_have_count(0)
    await expect(other.locator("#unread-count")).to_have_text("")
