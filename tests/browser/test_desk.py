"""The desk of a digest in browsers: colleagues beside each other, keys, and the mouse."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from forum.access import Actor
from forum.db import Database
from moderation.digests.queries import opinions
from tests.browser.conftest import Enter
from tests.factories import a_post, a_staff_member
from tests.moderation.digests.desk import a_discussion, a_draft, groups_of, said_in, standing

Seat = Callable[[Actor, int], AbstractAsyncContextManager[Page]]
# From the beginning of some words to the end of others.
SELECT = """([place, first, last]) => {
    const text = document.querySelector(place).firstChild;
    const end = text.data.indexOf(last) + last.length;
    getSelection().setBaseAndExtent(text, text.data.indexOf(first), text, end);
}"""


@pytest.fixture
def seat(browser: Browser, site_url: str, enter: Enter) -> Seat:
    """A colleague at the desk of a digest, connected."""

    @asynccontextmanager
    async def sit(clerk: Actor, digest_id: int) -> AsyncIterator[Page]:
        async with await browser.new_context(base_url=site_url, locale="ja-JP") as context:
            await enter(context, clerk)
            page = await context.new_page()
            await page.goto(f"/digests/{digest_id}/edit")
            await expect(page.locator("html")).to_have_attribute("data-live", "on")
            yield page

    return sit


async def choose(page: Page, opinion_id: int) -> None:
    await page.locator(f"input[name=opinions][value='{opinion_id}']").check()


async def test_two_colleagues_see_each_other_work_and_overwrite_nothing(
    seat: Seat, site_db: Database
) -> None:
    one, other = await a_staff_member(site_db), await a_staff_member(site_db)
    digest = await a_draft(site_db, await a_discussion(site_db), one)
    library, bicycles, canteen = await groups_of(site_db, digest.id)
    night, full, food = [(await said_in(site_db, digest.id, w)).id for w in ("夜間", "満車", "子ども食堂")]
    async with seat(one, digest.id) as first, seat(other, digest.id) as second:
        # The second is in the middle of something: a choice, and half a sentence.
        await choose(second, food)
        await second.locator(f"#group-{canteen.id} summary", has_text="題と要約を書く").click()
        await second.locator(f"#summary-{canteen.id}").fill("補助を")
        await choose(second, full)

        await choose(first, night)
        await first.locator("#field-to").select_option(str(bicycles.id))
        await first.get_by_role("button", name="移す").click()

        moved = second.locator(f"#group-{bicycles.id} #opinion-{night}")
        await expect(moved).to_be_attached()
        await expect(second.locator(f"#group-{library.id} #opinion-{night}")).to_have_count(0)
        for place in ("[data-last-act]", "#live-status"):
            await expect(second.locator(place)).to_contain_text(f"{one.pen_name}さん：意見を移す（意見1件）")
        await expect(second.locator(f"#summary-{canteen.id}")).to_have_value("補助を")
        for opinion in (food, full):
            await expect(second.locator(f"input[value='{opinion}'][name=opinions]")).to_be_checked()

        # Unsent words make the page vouch for what was there when they were begun; both write to one summary.
        await first.locator(f"#group-{canteen.id} summary", has_text="題と要約を書く").click()
        await first.locator(f"#summary-{canteen.id}").fill("食堂への補助。")
        await first.locator(f"#group-{canteen.id}").get_by_role("button", name="保存する").click()
        await expect(second.locator("[data-last-act]")).to_contain_text("論点の題と要約を書く")
        await second.locator(f"#group-{canteen.id}").get_by_role("button", name="保存する").click()
        refused = second.locator(".notice-warn").first
        await expect(refused).to_contain_text("食堂への補助。")
        await expect(second.locator(f"#summary-{canteen.id}")).to_have_value("補助を")
        await second.locator(f"#group-{canteen.id}").get_by_role("button", name="保存する").click()
        await expect(first.locator(f"#group-{canteen.id} > .diff")).to_have_text("補助を")
    assert (await standing(site_db, digest.id))["図書館の夜間の開"] == ("merged", 2)


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_opinion_is_cut_by_selecting_words_or_by_choosing_sentences(
    browser: Browser, site_url: str, site_db: Database, enter: Enter, scripts: bool
) -> None:
    clerk, posts = await a_staff_member(site_db), await a_discussion(site_db)
    await a_post(site_db, topic=posts[0], body="🌸歩道が狭いです。広げてください。街灯も暗いので増やして。")
    digest = await a_draft(site_db, posts, clerk)
    opinion = await said_in(site_db, digest.id, "歩道が狭い")
    async with await browser.new_context(base_url=site_url, java_script_enabled=scripts) as context:
        await enter(context, clerk)
        page = await context.new_page()
        await page.goto(f"/digests/{digest.id}/edit?show=found&q=歩道が狭い")
        await page.get_by_role("link", name="切り直す").click()
        if scripts:
            await page.evaluate(SELECT, ["[data-cut-source]", "歩道が", "ください"])
            await page.get_by_role("button", name="選んだ文字を一つの意見にする").click()
        else:
            await page.get_by_role("radio", name="ここまで").nth(1).check()
            await page.get_by_role("button", name="選んだ文を一つの意見にする").click()
        await expect(page.get_by_text("意見を切り直しました。")).to_be_visible()
        await expect(page.locator("mark")).to_have_count(2)
    [cut] = await opinions.by_ids(site_db, digest.id, [opinion.id])
    assert cut.text == "🌸歩道が狭いです。広げてください。"
    assert (await said_in(site_db, digest.id, "街灯も")).text == "街灯も暗いので増やして。"
