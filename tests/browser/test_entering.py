"""Setting up a second factor, and logging in with it."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect

from forum import clock
from forum.accounts import codes
from forum.db import Database
from tests.browser.conftest import Enter
from tests.factories import PASSWORD, an_account
from tests.forum.accounts.test_identity import own


async def look(page: Page) -> None:
    """At a screen that only a form leads to."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_a_second_factor_is_set_up_and_asked_for(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    person = await an_account(site_db)
    await enter(context, person)
    page = await context.new_page()
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto("/account")
    await page.get_by_role("link", name="二要素認証を設定する").click()
    key = (await page.locator(".mono").inner_text()).replace(" ", "")
    await expect(page.get_by_alt_text("認証アプリで読み取るQRコード")).to_be_visible()
    await page.get_by_label("アプリに出たコード").fill("12345")
    await page.get_by_label("いまのパスワード").first.fill(PASSWORD)
    await page.get_by_role("button", name="設定する").click()
    await expect(page.get_by_role("alert")).to_contain_text("アプリのコードは6桁")
    assert (await page.locator(".mono").inner_text()).replace(" ", "") == key
    await page.get_by_label("アプリに出たコード").fill(codes.code_at(key, codes.step_of(clock.now())))
    await page.get_by_label("いまのパスワード").first.fill(PASSWORD)
    await page.get_by_role("button", name="設定する").click()
    spare = await page.locator("ol.mono li").all_inner_texts()
    assert len(spare) == codes.SPARE_CODES
    await look(page)
    await page.get_by_role("link", name="しまいました").click()
    await page.locator("#main").get_by_role("button", name="ログアウト", exact=True).click()
    await page.goto("/login?next=/inbox")
    await page.get_by_label("メールアドレス").fill((await own(site_db, person)).email)
    await page.get_by_label("パスワード").first.fill(PASSWORD)
    await page.locator("#main").get_by_role("button", name="ログイン").click()
    await expect(page.get_by_label("コード", exact=False)).to_be_focused()
    await look(page)
    await page.keyboard.type(spare[0])
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/inbox")
    await page.goto("/account/second-factor")
    await expect(page.locator("#main")).to_contain_text("9個")
    await look(page)
