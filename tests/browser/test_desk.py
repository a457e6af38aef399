"""The desk of a digest in browsers: colleagues beside each other, keys, and the mouse."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Literal

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from forum import clock
from forum.access import Actor
from forum.db import Database
from moderation.digests.queries import opinions
from tests.browser.conftest import Enter
from tests.factories import a_post, a_section, a_staff_member
from tests.moderation.approvals.test_approving import switch
from tests.moderation.consultations import stories
from tests.moderation.digests.desk import a_discussion, a_draft, groups_of, said_in, standing, the_digest

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


async def send(page: Page, button: Locator) -> None:
    """Waits for the next page: what is done before it comes is done to the last one, and may call off what was sent."""
    async with page.expect_navigation():
        await button.click()


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
        await send(first, first.get_by_role("button", name="移す"))

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
        save = [
            page.locator(f"#group-{canteen.id}").get_by_role("button", name="保存する")
            for page in (first, second)
        ]
        await send(first, save[0])
        await expect(second.locator("[data-last-act]")).to_contain_text("論点の題と要約を書く")
        await send(second, save[1])
        refused = second.locator(".notice-warn").first
        await expect(refused).to_contain_text("食堂への補助。")
        await expect(second.locator(f"#summary-{canteen.id}")).to_have_value("補助を")
        await send(second, save[1])
        await expect(first.locator(f"#group-{canteen.id} > .diff")).to_have_text("補助を")
    assert (await standing(site_db, digest.id))["図書館の夜間の開"] == ("merged", 2)


async def test_whoever_is_disturbed_by_colleagues_holds_the_desk_still(seat: Seat, site_db: Database) -> None:
    one, other = await a_staff_member(site_db), await a_staff_member(site_db)
    digest = await a_draft(site_db, await a_discussion(site_db), one)
    library, bicycles, _canteen = await groups_of(site_db, digest.id)
    night = (await said_in(site_db, digest.id, "夜間")).id
    before, after = (f"#group-{group.id} #opinion-{night}" for group in (library, bicycles))
    async with seat(one, digest.id) as first, seat(other, digest.id) as second:
        await second.get_by_role("button", name="自動更新を止める").click()
        await choose(first, night)
        await first.locator("#field-to").select_option(str(bicycles.id))
        await first.get_by_role("button", name="移す").click()
        await expect(first.locator(after)).to_be_attached()
        await second.wait_for_timeout(1_500)
        await expect(second.locator(before)).to_be_attached()
        await second.get_by_role("button", name="自動更新を再開する").click()
        await expect(second.locator(after)).to_be_attached()


async def test_whoever_drops_what_they_typed_goes_on_from_what_is_shown_then(
    seat: Seat, site_db: Database
) -> None:
    one, other = await a_staff_member(site_db), await a_staff_member(site_db)
    digest = await a_draft(site_db, await a_discussion(site_db), one)
    *_, canteen = await groups_of(site_db, digest.id)
    group, summary = f"#group-{canteen.id}", f"#summary-{canteen.id}"
    async with seat(one, digest.id) as first, seat(other, digest.id) as second:
        for page, words in ((second, "補助を"), (first, "食堂への補助。")):
            await page.locator(group).get_by_text("題と要約を書く").click()
            await page.fill(summary, words)
        await first.locator(group).get_by_role("button", name="保存する").click()
        await expect(second.locator("[data-last-act]")).to_contain_text("論点の題と要約を書く")
        await second.fill(summary, "")
        await second.locator("#field-note").focus()
        await expect(second.locator(f"{group} > .diff")).to_have_text("食堂への補助。")
        await second.locator(f"{group} h2").get_by_role("checkbox").check()
        await second.get_by_role("button", name="確定する", exact=False).first.click()
        await expect(second.locator(group).get_by_text("確定", exact=True)).to_be_visible()
        await expect(second.locator(".notice-warn", has_text=one.pen_name)).to_have_count(0)


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
            await expect(page.get_by_text("文の途中で切る")).to_be_visible()
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


async def test_opinions_are_moved_by_mouse_and_by_keys(seat: Seat, site_db: Database) -> None:
    clerk = await a_staff_member(site_db)
    digest = await a_draft(site_db, await a_discussion(site_db), clerk)
    library, bicycles, _canteen = await groups_of(site_db, digest.id)
    night, food = [(await said_in(site_db, digest.id, words)).id for words in ("夜間", "子ども食堂")]
    async with seat(clerk, digest.id) as page:
        await page.set_viewport_size({"width": 1280, "height": 2400})  # a page that scrolls lets go
        # The last page may show it, too, before the next one is there.
        async with page.expect_navigation():
            await page.locator(f"#opinion-{food} .grip").drag_to(page.locator(f"#group-title-{library.id}"))
        await expect(page.locator(f"#group-{library.id} #opinion-{food}")).to_be_attached()

        while not await page.locator(f"input[name=opinions][value='{night}']:focus").count():
            await page.keyboard.press("j")
        await page.keyboard.press("x")
        await page.keyboard.press("t")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Escape")
        await page.keyboard.press("m")
        await expect(page.locator(f"#group-{bicycles.id} #opinion-{night}")).to_be_attached()


async def test_all_that_a_search_finds_is_set_aside_at_once(seat: Seat, site_db: Database) -> None:
    clerk, posts = await a_staff_member(site_db), await a_discussion(site_db)
    for n in range(45):
        await a_post(site_db, topic=posts[0], body=f"第{n}号公園のベンチを{n + 2}台増やしてください。")
    digest = await a_draft(site_db, posts, clerk)
    async with seat(clerk, digest.id) as page:
        await page.goto(f"/digests/{digest.id}/edit?show=found&q=公園のベンチ")
        await expect(page.get_by_text("45件見つかりました。")).to_be_visible()
        await expect(page.get_by_text("はじめの40件を表示しています。")).to_be_visible()
        await page.get_by_label("見つかった意見をすべて選ぶ").check()
        await expect(page.locator("input[name=opinions]:checked")).to_have_count(40)
        await page.locator("#field-note").fill("別の計画で扱います")
        await page.get_by_role("button", name="対象外にする").click()
        await expect(page.get_by_text("「対象外にする」を行いました。")).to_be_visible()
        await expect(page.locator("[data-last-act]")).to_contain_text("意見45件")
        await page.locator("[data-last-act]").get_by_role("button", name="元に戻す").click()
        await expect(page.get_by_text("「対象外にする」を元に戻しました。")).to_be_visible()
    assert all(o.disposition != "set_aside" for o in await opinions.all_of(site_db, digest.id))


async def test_groups_opinions_and_the_draft_plan_stand_side_by_side_or_are_reached_by_a_jump(
    seat: Seat, site_db: Database
) -> None:
    procedure = await stories.considered(site_db)
    digest = (await stories.the_gathered(site_db, procedure)).digest
    async with seat(procedure.clerk, digest.id) as page:
        await page.set_viewport_size({"width": 1280, "height": 900})
        bar, said, plan = [
            await page.locator(place).bounding_box() for place in (".desk-bar", "#desk-list", "#plan")
        ]
        assert bar
        assert said
        assert plan
        assert bar["x"] + bar["width"] < said["x"]
        assert said["x"] + said["width"] < plan["x"]
        assert bar["y"] == plan["y"] <= said["y"] < bar["y"] + bar["height"]
        await page.set_viewport_size({"width": 390, "height": 800})
        await page.locator(".desk-jump").get_by_role("link", name="計画案").click()
        await expect(page.locator("#plan-title")).to_be_in_viewport()


class Clerk:
    """Somebody at a browser, whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    async def press(
        self, name: str, *, role: Literal["button", "link"] = "button", within: str = "body"
    ) -> None:
        await send(self.page, self.page.locator(within).get_by_role(role, name=name, exact=True).first)
        self.clicks += 1

    async def tick(self, place: str) -> None:
        await self.page.locator(place).check()
        self.clicks += 1

    async def see(self, words: str) -> None:
        await expect(self.page.get_by_text(words).first).to_be_visible()


async def test_from_the_room_to_a_published_digest_in_a_few_clicks(
    browser: Browser, site_url: str, site_db: Database, enter: Enter
) -> None:
    section = await a_section(site_db)
    first, second, expert = [await a_staff_member(site_db, one) for one in (section, section, None)]
    posts = await a_discussion(site_db)
    async with AsyncExitStack() as offices:
        clerks = []
        for person in (first, second, expert):
            context = await offices.enter_async_context(await browser.new_context(base_url=site_url))
            await enter(context, person)
            clerks.append(Clerk(await context.new_page()))
        one, other, asked = clerks
        await switch(site_db, "yes")
        try:
            await one.page.goto("/digests/new")
            await one.page.get_by_label("題名").fill("駅前と図書館")
            await one.tick(f"input[name=boards][value='{posts[0].board_id}']")
            await one.press("読み取って案を作る")
            number = int(one.page.url.split("/")[4])
            library, bicycles, canteen = await groups_of(site_db, number)

            for group in (library, canteen):
                await one.tick(f"input[name=groups][value='{group.id}']")
            await one.press("一つにまとめる")
            await one.press("「論点をまとめる」を元に戻す")
            await choose(one.page, (await said_in(site_db, number, "夜間")).id)
            await one.press("新しい論点に分ける")
            await one.press("この画面の論点をすべて確定する")

            await one.press("この論点について課に照会する", role="link", within=f"#group-{bicycles.id}")
            await one.page.get_by_label("照会する課").select_option(str(expert.section_id))
            await one.page.get_by_label("聞きたいこと").fill("増やせる場所はありますか。")
            await one.page.get_by_label("回答の期限").fill(str(clock.now().date() + timedelta(days=9)))
            await one.press("照会を送る")
            inquiry = one.page.url
            await asked.page.goto(inquiry)
            await asked.page.locator("textarea[name=answer]").fill("北口に20台分あります。")
            await asked.press("答えを送る")

            await one.page.goto(f"/digests/{number}/edit")
            await one.press("公開の確認へ進む", role="link")
            await one.press("決裁を求める")
            await other.page.goto(f"/digests/{number}/publish")
            await other.press("この内容で認める")
            await one.page.reload()
            await one.press("公開する")
            await one.see("まとめを公開しました。")
        finally:
            await switch(site_db, "no")
    assert (await the_digest(site_db, number)).is_published
    assert one.clicks + other.clicks <= 16
