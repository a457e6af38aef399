"""Forms that are filled in over and over in a browser: by keys, and without scripts by buttons."""

import pytest
from playwright.async_api import Browser, expect

from forum.db import Database
from moderation.maps import queries
from tests.browser.conftest import Enter
from tests.factories import an_account
from tests.moderation.consultations import stories
from tests.moderation.maps.residents import SENTENCES, asked


@pytest.mark.parametrize("scripts", [True, False])
async def test_point_after_point_is_answered(
    browser: Browser, site_url: str, site_db: Database, enter: Enter, scripts: bool
) -> None:
    _clerk, digest, found = await asked(site_db)
    resident = await an_account(site_db)
    async with await browser.new_context(base_url=site_url, java_script_enabled=scripts) as context:
        await enter(context, resident)
        page = await context.new_page()
        await page.goto(f"/digests/{digest.id}/map")
        await page.get_by_role("link", name="答える", exact=True).click()
        for number in range(len(SENTENCES)):
            await expect(page.get_by_text(f"5の論点のうち、{number}に答えました")).to_be_visible()
            if scripts:
                await page.wait_for_load_state()  # before that nothing listens to keys
                await page.keyboard.press("2")
            else:
                await page.get_by_role("button", name="反対").click()
        await expect(page.get_by_text("すべての論点に答えました").first).to_be_visible()
    mine = await queries.stances_of(site_db, found.id, resident.id or 0)
    assert list(mine.values()) == [-1] * len(SENTENCES)


async def test_paper_after_paper_is_entered_by_the_keyboard(
    browser: Browser, site_url: str, site_db: Database, enter: Enter
) -> None:
    procedure = await stories.open_now(site_db)
    async with await browser.new_context(base_url=site_url) as context:
        await enter(context, procedure.clerk)
        page = await context.new_page()
        await page.goto(f"/consultations/{procedure.id}/papers")
        await page.get_by_label("郵送").check()
        for words in ("木を残してほしい。", "道を直してほしい。"):
            await page.wait_for_load_state()  # before that nothing listens to keys
            await page.locator("textarea#field-body").fill(words)
            await page.keyboard.press("Control+Enter")
            await expect(page.get_by_text("登録しました。")).to_be_visible()
            await expect(page.locator("textarea#field-body")).to_have_value("")
            await expect(page.locator("textarea#field-body")).to_be_focused()
    entered = "select count(*) from submissions where consultation_id = :id and channel = 'post'"
    assert await site_db.value(entered, id=procedure.id) == 2
