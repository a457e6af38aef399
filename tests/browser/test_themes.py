"""Two people, two browsers, one proposed theme."""

from playwright.async_api import Browser, expect

from forum.db import Database
from forum.themes.actions import forget
from tests.browser.conftest import Enter
from tests.browser.test_live import Windows
from tests.factories import an_account
from tests.forum.themes.test_themes import a_theme, support


async def test_supporters_are_counted_on_every_open_page(
    browser: Browser, site_url: str, site_db: Database, enter: Enter
) -> None:
    windows, number, friend = Windows(browser, site_url), await a_theme(site_db), await an_account(site_db)
    path = f"/themes/{number}"
    async with windows.open(path) as reader, windows.open("/themes") as lister, windows.open(path) as other:
        await enter(other.context, friend)
        await windows.visit(other, path)
        await other.get_by_role("button", name="話し合いたいので支持する").click()
        await expect(other.get_by_role("button", name="支持をやめる")).to_be_visible()
        for page in (reader, lister):
            await expect(page.locator(f"#theme-{number}")).to_contain_text("支持2人")
        await forget(site_db, friend.id or 0)
        for page in (reader, lister):
            await expect(page.locator(f"#theme-{number}")).to_contain_text("支持1人")
        for _ in range(2):
            await support(site_db, number)
        for page in (reader, lister):
            await expect(page.get_by_role("link", name="話し合いを読む")).to_be_visible()
