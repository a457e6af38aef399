"""Pictures in what is being written: chosen, pasted, dropped; and without scripts."""

import base64
import re

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, FilePayload, Page, expect

from forum.db import Database
from tests.browser.conftest import Enter, held_up
from tests.factories import a_topic, an_account
from tests.forum.files.drawing import a_photograph

ALT = "こわれたベンチ"
PHOTOGRAPH = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=a_photograph(900, 600))
# What a person pastes or drops arrives as one of these.
GIVEN = """(area, [kind, ...files]) => {
  const given = new DataTransfer();
  for (const bytes of files)
    given.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], "x.png", {type: "image/png"}));
  const as = kind === "paste" ? {clipboardData: given} : {dataTransfer: given};
  const event = kind === "paste" ? new ClipboardEvent(kind, {...as, bubbles: true, cancelable: true})
    : new DragEvent(kind, {...as, bubbles: true, cancelable: true});
  area.dispatchEvent(event);
}"""


async def say_what_it_shows(page: Page, shows: str) -> None:
    await page.get_by_label("写っているもの").fill(shows)
    await page.get_by_role("button", name="本文に入れる").click()


async def test_a_picture_is_chosen_pasted_and_dropped_into_a_reply(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    area = page.get_by_label("本文")
    async with page.expect_response("**/drafts"):
        await area.fill("座れません。")
    await page.reload()
    await page.locator("summary", has_text="写真を入れる").click()
    await page.set_input_files("input[type=file]", PHOTOGRAPH)
    await page.get_by_role("button", name="投稿する").click()
    await expect(page.get_by_role("alert")).to_contain_text("本文に入ります")
    await say_what_it_shows(page, "")
    await expect(page.get_by_role("alert")).to_contain_text("写っているものを書いて")
    assert (await Axe().run(page)).response["violations"] == []
    await say_what_it_shows(page, ALT)
    await expect(area).to_have_value(
        re.compile(rf"座れません。\n\n!\[{ALT}\]\(/files/\w+-900x600\.jpg\)\n\n$")
    )
    await expect(area).to_be_focused()
    await area.press_sequentially("直してください。")
    for kind, widths in (("paste", [20]), ("drop", [21, 22])):
        given = [base64.b64encode(a_photograph(width, 30, name="PNG")).decode() for width in widths]
        await area.evaluate(GIVEN, [kind, *given])
        for width in widths:
            await expect(page.get_by_label("写っているもの")).to_be_focused()
            await page.keyboard.type(f"{kind} {width}")
            await page.keyboard.press("Enter")
            shown = rf"!\[{kind} {width}\]\(/files/\w+-{width}x30\.png\)"
            await expect(area).to_have_value(re.compile(shown))
    await page.get_by_role("button", name="投稿する").click()
    image = page.get_by_role("img", name=ALT)
    await expect(image).to_be_visible()
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") in (640, 900)
    await expect(page.get_by_role("img", name="drop 22")).to_be_visible()
    assert (await Axe().run(page)).response["violations"] == []


async def test_a_picture_that_comes_while_another_one_is_on_its_way_waits_for_its_turn(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    goes_on = await held_up(page, "**/files")
    await page.goto(f"/topics/{topic.topic_id}")
    area, alt = page.get_by_label("本文"), page.get_by_label("写っているもの")
    first, second = [base64.b64encode(a_photograph(width, 30, name="PNG")).decode() for width in (20, 21)]
    await area.evaluate(GIVEN, ["paste", first])
    await page.keyboard.type("川")
    async with page.expect_request("**/files"):
        await page.keyboard.press("Enter")
    await area.evaluate(GIVEN, ["paste", second])
    goes_on.set()
    await expect(area).to_have_value(re.compile(r"!\[川\]\(/files/\w+-20x30\.png\)"))
    await expect(alt).to_be_focused()
    await expect(alt).to_have_value("")
    await page.keyboard.type("橋")
    await page.keyboard.press("Enter")
    await expect(area).to_have_value(re.compile(r"!\[橋\]\(/files/\w+-21x30\.png\)"))
