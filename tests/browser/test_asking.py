"""The question before something personal is published, in a browser: at the composer, with and without scripts."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from forum.db import Database
from tests.browser.conftest import Enter
from tests.factories import a_topic, an_account

BODY = "相談は090-1234-5678まで。住所は小金井市緑町3丁目2番15号です。"


@pytest.mark.parametrize("scripts", [True, False])
async def test_yes_publishes_what_was_typed(
    browser: Browser, site_url: str, site_db: Database, enter: Enter, scripts: bool
) -> None:
    topic = await a_topic(site_db)
    async with await browser.new_context(base_url=site_url, java_script_enabled=scripts) as context:
        await enter(context, await an_account(site_db))
        page = await context.new_page()
        await page.goto(f"/topics/{topic.topic_id}")
        await page.get_by_label("本文").fill(BODY)
        await page.get_by_role("button", name="投稿する").click()
        question = page.get_by_role("group", name="送る前の確認")
        await expect(question).to_contain_text("「090-1234-5678」は、電話番号のようです。")
        await expect(page.get_by_label("本文")).to_have_value(BODY)
        await expect(page.locator(".personal")).to_have_count(0)  # one warning is enough
        if scripts:
            assert (await Axe().run(page)).response["violations"] == []
        await page.get_by_label("このまま公開してよい").check()
        await page.get_by_role("button", name="投稿する").click()
        await expect(page.locator(".post").last).to_contain_text(BODY)
        await expect(question).to_have_count(0)
