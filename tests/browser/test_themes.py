"""Two people, two browsers, one proposed theme."""

from playwright.async_api import Browser, expect

from forum.db import Database
from forum.posts.queries import posts
from forum.themes.actions import forget
from tests import judging
from tests.browser.conftest import Enter
from tests.browser.test_live import Windows
from tests.factories import a_moderator, a_newcomer, an_account
from tests.forum.themes.test_themes import a_theme, support


async def test_proposals_come_and_go_on_every_open_page(
    browser: Browser, site_url: str, site_db: Database
) -> None:
    windows, moderator = Windows(browser, site_url), await a_moderator(site_db)
    held = await a_theme(site_db, await a_newcomer(site_db))
    opening = await posts.opening(site_db, held)
    assert opening is not None
    async with windows.open("/themes") as lister:
        proposal = lister.locator(f"#proposal-{held}")
        await judging.approve(site_db, moderator, opening.id)
        await expect(proposal).to_be_visible()
        number = await a_theme(site_db)
        await expect(lister.locator(f"#proposal-{number} + #proposal-{held}")).to_be_visible()
        async with windows.open(f"/themes/{held}") as reader:
            words = reader.get_by_text("立ち上がるときに助かります。")
            await expect(words).to_be_visible()
            await judging.hide(site_db, moderator, opening.id)
            await expect(words).to_have_count(0)
            await expect(reader.get_by_role("heading", level=1)).to_have_text("（公開をやめた話題）")
            await expect(reader).to_have_title("（公開をやめた話題）｜IT市民会議室")
            await expect(reader.locator(".for-reply:visible")).to_have_count(0)
        await expect(proposal).to_have_count(0)


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
        async with site_db.transaction():
            await forget(site_db, friend.id or 0)
        for page in (reader, lister):
            await expect(page.locator(f"#theme-{number}")).to_contain_text("支持1人")
        for _ in range(2):
            await support(site_db, number)
        for page in (reader, lister):
            await expect(page.get_by_role("link", name="話し合いを読む")).to_be_visible()
