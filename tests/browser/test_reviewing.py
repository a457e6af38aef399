"""A moderator's queue in a browser: it moves by itself, works by keyboard alone, and without any script."""

import asyncio
import re
import time
from datetime import datetime
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from forum.access import Actor
from forum.boards import actions as boards
from forum.db import Database
from forum.files import actions as files
from forum.files.rules import Sent
from forum.pictures import as_picture
from forum.posts.queries import posts
from forum.sealed import Seal
from forum.settings import Settings
from forum.storage import storage_at
from forum.topics.actions import discussing
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Filing
from moderation.reviews import actions
from moderation.reviews.actions import claiming
from moderation.reviews.acts import Act
from moderation.reviews.rules import Complaint, Verdict
from moderation.rights import actions as rights
from tests.browser.conftest import Enter
from tests.conftest import SECRET
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_topic, actor, an_account, the_post
from tests.forum.files.drawing import a_photograph
from tests.moderation.reviews.test_pairs import AT_ONCE, a_desk, hide
from tests.moderation.rights.test_requests import FILING as CLAIMED


async def test_a_report_appears_and_goes_without_a_reload(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    post = await a_post(site_db, body="広告の文")
    account = await an_account(site_db)
    await enter(context, await a_moderator(site_db))
    page = await context.new_page()
    await page.goto("/queue?kind=reported")
    before = int(await page.inner_text("#queue-count") or 0)
    await actions.report(site_db, account, post.id, Complaint(rule=4, note=""))
    await expect(page.locator(f"#item-{post.id}")).to_contain_text("広告の文")
    await expect(page.locator("#queue-count")).to_have_text(str(before + 1))

    other = await context.new_page()
    await other.goto(f"/queue/{post.id}")
    await other.get_by_role("button", name="通報を却下する").click()
    await expect(other.locator(".notice-good")).to_contain_text("通報を却下しました")
    await expect(page.locator(f"#item-{post.id}")).to_have_count(0)
    await expect(page.locator("#queue-count")).to_have_text(str(before) if before else "")


async def test_a_moderator_decides_with_the_keyboard_alone(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    posts = [await a_post(site_db, await a_newcomer(site_db), topic=topic) for _ in range(2)]
    await enter(context, await a_moderator(site_db))
    page = await context.new_page()
    await page.goto("/queue?kind=held")
    await page.keyboard.press("j")
    await expect(page.locator("[data-key-list] h2 a").first).to_be_focused()
    await page.keyboard.press("j")
    await expect(page.locator("[data-key-list] h2 a").nth(1)).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/queue/*")
    await page.goto(f"/queue/{posts[0].id}")
    await page.keyboard.press("r")
    await page.keyboard.type("a")
    await expect(page.get_by_label("理由")).to_have_value("a")
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await expect(page.locator(".notice-good")).to_contain_text("投稿を公開しました")
    assert (await the_post(site_db, posts[0].id)).state == "visible"


async def told(page: Page, words: str) -> None:
    """The next page came and says so, and its keys work: scripts run once it has been read."""
    await expect(page.locator(".notice-good")).to_contain_text(words)
    await page.wait_for_load_state()


async def test_masking_sanctions_and_topics_are_a_matter_of_keys_too(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    post = await a_post(site_db, topic=await a_topic(site_db), body="相談は090-1234-5678まで。")
    await enter(context, await a_moderator(site_db))
    page = await context.new_page()

    async def reason(text: str, key: str = "r") -> None:
        await page.keyboard.press(key)
        await page.keyboard.type(text)
        await page.keyboard.press("Escape")

    await page.goto(f"/queue/{post.id}")
    await page.keyboard.press("m")
    await page.wait_for_url("**/mask")
    await page.keyboard.press("1")
    await reason("042-387-9999 is the public one")
    await page.keyboard.press("m")
    await expect(page.get_by_role("group", name="送る前の確認")).to_be_visible()
    await page.wait_for_load_state()
    await page.keyboard.press("y")
    assert (await Axe().run(page)).response["violations"] == []
    await page.keyboard.press("m")
    await told(page, "■で伏せました")
    await reason("a mistake", "l")
    await page.keyboard.press("u")
    await told(page, "元に戻しました")
    await page.keyboard.press("q")
    await page.wait_for_url(f"**/queue/{post.id}")

    await page.keyboard.press("s")
    await page.wait_for_url("**/author")
    await page.keyboard.press("1")
    await page.keyboard.press("g")
    await page.keyboard.type("4")
    await page.keyboard.press("Escape")
    await reason("again and again")
    await page.keyboard.press("s")
    await told(page, "警告を送りました")

    await page.keyboard.press("o")
    await page.wait_for_url("**/keep")
    await reason("it is enough")
    await page.keyboard.press("c")
    await told(page, "受付を終わりました")


async def test_a_proposal_arrives_and_is_confirmed_with_one_key(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    desk = await a_desk(site_db)
    post = await a_post(site_db, topic=desk.topic, body="広告の文")
    await enter(context, desk.second)
    page = await context.new_page()
    await page.goto(f"/queue/{post.id}")
    await hide(site_db, desk.first, post)
    await expect(page.locator("#proposed")).to_contain_text(f"{desk.first.pen_name}さんが「非公開」を提案")
    async with page.expect_navigation():  # before it has been read, no keys work
        await page.get_by_role("link", name="提案を見る").click()
    await expect(page.get_by_role("heading", name="提案：非公開")).to_be_visible()
    await expect(page.get_by_role("link", name="提案を見る")).to_be_hidden()
    await page.keyboard.press("c")
    await expect(page.locator(".notice-good")).to_contain_text("2人目として確認しました")
    assert (await the_post(site_db, post.id)).state == "hidden"


async def test_a_proposal_is_declined_without_a_script(
    browser: Browser, site_url: str, site_db: Database, enter: Enter
) -> None:
    desk = await a_desk(site_db)
    post = await a_post(site_db, topic=desk.topic, body="電話の話")
    await hide(site_db, desk.first, post, AT_ONCE)
    async with await browser.new_context(base_url=site_url, java_script_enabled=False) as context:
        await enter(context, desk.second)
        page = await context.new_page()
        await page.goto(f"/queue/{post.id}")
        await page.get_by_label("認めない理由").fill("市役所の番号です。")
        await page.get_by_role("button", name="認めない").click()
        await expect(page.locator(".notice-good")).to_contain_text("提案を認めませんでした")
    assert (await the_post(site_db, post.id)).state == "visible"


async def test_single_keys_can_be_switched_off(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    post = await a_post(site_db, await a_newcomer(site_db))
    await enter(context, await a_moderator(site_db))
    page = await context.new_page()
    await page.goto(f"/queue/{post.id}")
    await page.get_by_text("キーボード操作").click()
    await page.get_by_label("1文字のキーを使う").uncheck()
    await page.reload()
    await page.keyboard.press("a")
    await page.wait_for_timeout(300)
    assert (await the_post(site_db, post.id)).state == "held"


BLUR = "getComputedStyle(document.querySelector('.veiled img')).filter"


async def test_hard_words_open_with_one_key_and_pictures_stay_blurred_until_they_are_pressed(
    context: BrowserContext, site_db: Database, site_folder: Path, enter: Enter
) -> None:
    author = await an_account(site_db)
    storage = storage_at(Settings(var_dir=site_folder))
    picture = await files.keep(site_db, storage, author, Sent("", a_photograph(700, 500)))
    post = await a_post(site_db, author, body=f"つらい言葉\n\n{as_picture('けが', picture.address)}")
    await actions.report(site_db, await an_account(site_db), post.id, Complaint(rule=11, note=""))
    await enter(context, await a_moderator(site_db))
    page = await context.new_page()
    await page.goto(f"/queue/{post.id}")
    words = page.locator(".veil .prose")
    await expect(words).to_be_hidden()
    await page.keyboard.press("v")
    await expect(words).to_have_text("つらい言葉")
    image = page.get_by_role("img", name="けが")
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    assert "blur" in await page.evaluate(BLUR)
    await image.dblclick()  # as some people press everything
    await page.wait_for_timeout(300)
    await expect(page).to_have_url(re.compile("/queue/"))
    assert await page.evaluate(BLUR) == "none"
    await page.keyboard.press("v")
    await expect(words).to_be_hidden()


async def test_who_has_reported_a_post_sees_that_there(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    post, other = await a_post(site_db, topic=topic), await a_post(site_db, topic=topic)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/posts/{post.id}/report")
    await page.get_by_label("営利・宣伝").check()
    async with page.expect_navigation():
        await page.get_by_role("button", name="通報する").click()
    await page.goto(f"/topics/{topic.topic_id}")
    for one, said in ((post, "通報済み"), (other, "通報")):
        await page.locator(f"#post-{one.id} .post-menu summary").click()
        await expect(page.locator(f'#post-{one.id} [href$="/report"]')).to_have_text(said)


async def test_reporting_and_hiding_need_no_script(
    browser: Browser, site_url: str, site_db: Database, enter: Enter
) -> None:
    post = await a_post(site_db)
    async with await browser.new_context(base_url=site_url, java_script_enabled=False) as context:
        await enter(context, await an_account(site_db))
        page = await context.new_page()
        await page.goto(f"/posts/{post.id}/report")
        await page.get_by_label("営利・宣伝").check()
        await page.get_by_role("button", name="通報する").click()
        await expect(page.locator(".notice-good")).to_contain_text("通報を受け付けました")
        await enter(context, await a_moderator(site_db))
        await page.goto(f"/queue/{post.id}")
        await page.get_by_label("きまり").select_option("4")
        await page.get_by_label("理由").fill("店の宣伝です。")
        await page.get_by_role("button", name="非公開にする").click()
        await expect(page.locator(".notice-good")).to_contain_text("投稿を非公開にしました")
        await enter(context, await actor(site_db, post.author_id))
        await page.goto("/inbox")
        await expect(page.locator("main")).to_contain_text("店の宣伝です。")


async def test_others_see_at_once_who_looks_who_takes_over_and_who_has_left(
    browser: Browser, context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db, board=await a_board(site_db))
    post = await a_post(site_db, await a_newcomer(site_db), topic=topic)
    one, other = [await a_local_moderator(site_db, topic.board_id) for _ in range(2)]
    await enter(context, one)
    mine = await context.new_page()
    await mine.goto("/queue")
    other_context = await browser.new_context(base_url=mine.url.removesuffix("/queue"), locale="ja-JP")
    await enter(other_context, other)
    theirs = await other_context.new_page()
    await theirs.goto("/queue")

    await mine.goto(f"/queue/{post.id}")
    badge = theirs.locator(f"#item-{post.id} .badge-info")
    await expect(badge).to_have_text(f"{one.pen_name}さんが確認中")
    await theirs.goto(f"/queue/{post.id}")
    await expect(theirs.locator("#claim")).to_contain_text(f"{one.pen_name}さんが確認中です。")
    await mine.fill("#field-reason", "書きかけの理由")
    async with theirs.expect_navigation():  # a page that has not come gives nothing back
        await theirs.keyboard.press("t")
    await expect(mine.locator("#claim")).to_contain_text(f"{other.pen_name}さんが引き継いで、確認中です。")
    await expect(mine.locator("#field-reason")).to_have_value("書きかけの理由")
    await theirs.goto("/queue")
    await expect(mine.locator("#claim")).to_contain_text("あなたが確認中です。")
    await mine.goto("/queue")
    await expect(badge).to_have_count(0)
    await other_context.close()


# The script never hears the answer.
LOSES = "window.fetch = (ask => (...what) => ask(...what).then(() => new Promise(() => {})))(fetch); null"


async def test_a_claim_ends_with_its_page_whatever_came_meanwhile(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    """Also one that had run out and was taken anew, and while the page is just looking again."""
    post = await a_post(site_db, await a_newcomer(site_db))
    one, other = await a_moderator(site_db), await a_moderator(site_db)
    await enter(context, one)
    page = await context.new_page()
    await page.goto(f"/queue/{post.id}")
    await expect(page.locator("html")).to_have_attribute("data-live", "on")
    held = page.locator("[data-until]")
    until = await held.get_attribute("data-until")
    assert until is not None
    await claiming.release(site_db, one, post.id, datetime.fromisoformat(until))
    await expect(held).not_to_have_attribute("data-until", until)

    await page.evaluate(LOSES)
    async with page.expect_response(page.url):
        await a_post(site_db, await a_newcomer(site_db))
    await page.goto("/guide")
    async with asyncio.timeout(20):
        while (claim := await claiming.claim(site_db, other, post.id)) and claim.claimed_by == one.id:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_who_takes_over_an_appeal_or_a_request_is_seen_by_whoever_has_it_open(
    browser: Browser, context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    post = await a_post(site_db)
    grounds = Verdict(act=Act.HIDE, rule=4, reason="宣伝です。", version=post.version)
    decision = await actions.decide(site_db, await a_moderator(site_db), post.id, grounds)
    author = await actor(site_db, post.author_id)
    appeal = await appeals.file(site_db, author, decision, Filing(body="お祭りです。"))
    view = await posts.view(site_db, (await a_post(site_db)).id)
    assert view is not None
    request = await rights.file(site_db, Seal(SECRET), view, CLAIMED)
    one, other = await a_moderator(site_db), await a_moderator(site_db)
    await enter(context, one)
    mine = await context.new_page()
    for path in (f"/appeals/{appeal}", f"/rights-requests/{request}"):
        await mine.goto(path)
        await expect(mine.locator("html")).to_have_attribute("data-live", "on")
        async with await browser.new_context(base_url=mine.url, locale="ja-JP") as other_context:
            await enter(other_context, other)
            theirs = await other_context.new_page()
            await theirs.goto(path)
            await theirs.keyboard.press("t")
            await expect(mine.locator("#claim")).to_contain_text(f"{other.pen_name}さんが引き継いで")


async def test_thirty_items_are_cleared_with_the_keyboard_alone(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    """Ten approved, ten hidden for advertising, ten returned in easy Japanese: a few keys each, and no mouse."""
    topic = await a_topic(site_db, board=await a_board(site_db))
    posts = [await a_post(site_db, await a_newcomer(site_db), topic=topic) for _ in range(30)]
    judge = await a_local_moderator(site_db, topic.board_id)
    await enter(context, judge)
    page = await context.new_page()
    await page.goto("/queue")
    started, strokes = time.monotonic(), 0

    async def press(*keys: str) -> None:
        nonlocal strokes
        for key in keys:
            await page.keyboard.press(key)
            strokes += 1

    await press("j", "Enter")
    for n, keys in enumerate([["a"], ["4", "h"], ["1", "1", "w"]] * 10):
        await page.wait_for_url(re.compile(r"/queue/\d+(#main)?$"))
        await expect(page.locator("#decide")).to_be_visible()
        before = page.url
        await press(*keys)
        await page.wait_for_url(lambda url, before=before: url != before)
        assert n == 29 or "/queue/" in page.url
    await expect(page).to_have_url(re.compile("/queue#main$"))
    spent = time.monotonic() - started
    states = [(await the_post(site_db, post.id)).state for post in posts]
    assert [states.count(state) for state in ("visible", "hidden", "held")] == [10, 10, 10]
    print(f"30 items: {strokes} keys, {spent:.1f} s")  # noqa: T201
    assert strokes == 62


async def test_ten_are_chosen_and_hidden_with_one_reason_by_keyboard(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db, board=await a_board(site_db))
    posts = [await a_post(site_db, await a_newcomer(site_db), topic=topic) for _ in range(10)]
    await enter(context, await a_local_moderator(site_db, topic.board_id))
    page = await context.new_page()
    await page.goto("/queue")
    for key in ("j", "x", "j", "x"):
        await page.keyboard.press(key)
    await expect(page.locator("[data-chosen]")).to_have_text("(2)")
    await page.keyboard.press("*")
    await expect(page.locator("[data-chosen]")).to_have_text("(10)")
    for key in ("9", "h"):
        await page.keyboard.press(key)
    await expect(page.locator("main")).to_contain_text("10件のうち10件")
    assert {(await the_post(site_db, post.id)).state for post in posts} == {"hidden"}


AN_HOUR_AGO = "age => { age.textContent = '1時間前から' }"


async def test_what_arrives_in_an_empty_queue_can_be_chosen_and_what_went_is_not_counted(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db, board=await a_board(site_db))
    await enter(context, await a_local_moderator(site_db, topic.board_id))
    page = await context.new_page()
    await page.goto("/queue")
    await expect(page.locator("html")).to_have_attribute("data-live", "on")
    summary = page.locator("[data-bulk] summary")
    await expect(summary).to_be_hidden()
    one, other = [await a_post(site_db, await a_newcomer(site_db), topic=topic) for _ in range(2)]
    for post in (one, other):
        await page.locator(f"#item-{post.id}").get_by_role("checkbox").check()
    await expect(summary).to_contain_text("(2)")
    await page.locator(f"#item-{other.id} .age").evaluate(AN_HOUR_AGO)
    third = await a_post(site_db, await a_newcomer(site_db), topic=topic)
    await expect(page.locator(f"#item-{third.id}")).to_be_visible()
    await expect(page.locator(f"#item-{other.id} .age")).not_to_have_text("1時間前から")
    await expect(summary).to_contain_text("(2)")
    await discussing.withdraw(site_db, await actor(site_db, one.author_id), one.id)
    await expect(summary).to_contain_text("(1)")
    await page.get_by_role("button", name="公開する").click()
    await expect(page.get_by_text("公開：1件のうち1件")).to_be_visible()
    assert (await the_post(site_db, other.id)).state == "visible"


async def test_a_shift_click_chooses_everything_between(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db, board=await a_board(site_db))
    for _ in range(6):
        await a_post(site_db, await a_newcomer(site_db), topic=topic)
    await enter(context, await a_local_moderator(site_db, topic.board_id))
    page = await context.new_page()
    await page.goto("/queue")
    boxes = page.locator("input[name=items]")
    await boxes.nth(1).click()
    await boxes.nth(4).click(modifiers=["Shift"])
    await expect(page.locator("input[name=items]:checked")).to_have_count(4)


async def a_local_moderator(db: Database, board_id: int) -> Actor:
    """Of one board, whatever else waits in the town."""
    resident = await an_account(db)
    await boards.give_role(db, board_id, resident.id or 0, "moderator")
    return await actor(db, resident.id or 0)


async def test_an_appeal_is_opened_from_the_queue_and_judged_with_the_keyboard_alone(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    post = await a_post(site_db, topic=await a_topic(site_db, board=await a_board(site_db)))
    grounds = Verdict(act=Act.HIDE, rule=4, reason="宣伝です。", version=post.version)
    decision = await actions.decide(site_db, await a_moderator(site_db), post.id, grounds)
    number = await appeals.file(
        site_db, await actor(site_db, post.author_id), decision, Filing(body="お祭りです。")
    )
    await enter(context, await a_local_moderator(site_db, post.board_id))
    page = await context.new_page()
    await page.goto("/queue")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/appeals/{number}")
    for key in ("3", "r", "a", "Escape", "s"):
        await page.keyboard.press(key)
    await told(page, "本人に知らせました")
    assert (await the_post(site_db, post.id)).state == "visible"
    await page.keyboard.press("j")
    await page.wait_for_url(re.compile("/queue#main$"))
