"""Reacting, opening answers in place, and coming back, as scripts make it."""

import asyncio
import re
from datetime import timedelta

from playwright.async_api import BrowserContext, Route, expect

from forum import clock
from forum.db import Database
from forum.pace.actions import keep_pace
from forum.pace.rules import LIMITS
from forum.posts.reacting import Kind, Press
from forum.posts.rules import Edit
from forum.topics.actions import discussing, responding
from tests.browser.conftest import Enter, held_up
from tests.factories import a_post, a_topic, an_account, the_post


async def test_a_reader_presses_opens_and_comes_back(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    """What somebody else pressed meanwhile comes by itself, and does not unmark what is one's own."""
    author, reader, other = [await an_account(site_db) for _ in range(3)]
    topic = await a_topic(site_db, author, body="遊歩道に明かりを。")
    answer = await a_post(site_db, author, topic=topic, body="足もとだけなら。", reply_to_id=topic.id)
    await enter(context, reader)
    page, told = await context.new_page(), list[str | None]()
    page.on("response", lambda it: told.append(it.request.post_data) if it.url.endswith("/read") else None)
    await page.goto(f"/topics/{topic.topic_id}")
    line = page.locator(f"#responses-{topic.id}")
    agree, thanks = line.get_by_role("button", name="賛成"), line.get_by_role("button", name="ありがとう")
    await agree.click()
    await expect(agree).to_have_text("賛成 1")
    await expect(agree).to_have_attribute("aria-pressed", "true")
    await responding.react(site_db, other, topic.id, Press(kind=Kind.THANKS))
    await expect(thanks).to_have_text("ありがとう 1")
    await expect(thanks).to_have_attribute("aria-pressed", "false")
    await expect(agree).to_have_attribute("aria-pressed", "true")
    opened = page.locator(f"#post-{answer.id} .aside")
    back = page.locator(f"#post-{answer.id} .post-head").get_by_role("link", name="#1への返信")
    await back.click()
    await expect(opened).to_contain_text("遊歩道に明かりを。")
    await back.click()
    await expect(opened).to_have_count(0)
    await back.click()
    await expect(opened).to_contain_text("遊歩道に明かりを。")
    version = (await the_post(site_db, topic.id)).version
    await discussing.edit(site_db, author, topic.id, Edit(body="駅前に明かりを。", version=version))
    await expect(page.get_by_text("遊歩道に明かりを。")).to_have_count(0)
    await back.click()
    await expect(opened.locator(".prose")).to_have_text("駅前に明かりを。")
    await page.mouse.wheel(0, 2_000)
    async with asyncio.timeout(20):  # two seconds after it was seen, which may have been long ago
        while "number=2" not in told:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await page.goto("/guide/reading")
    await a_post(site_db, author, topic=topic, body="あたらしい話。")
    await page.goto(f"/boards/{await site_db.value(BOARD, id=topic.topic_id)}")
    await page.get_by_role("link", name="未読1件").click()
    await expect(page.locator(".unread-from + .post")).to_contain_text("あたらしい話。")


async def test_a_double_click_is_one_press_however_soon_the_answer_comes(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    author = await an_account(site_db)
    topic = await a_topic(site_db, author, body="遊歩道に明かりを。")
    answer = await a_post(site_db, author, topic=topic, reply_to_id=topic.id)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    link = page.locator(f"#post-{answer.id} .post-head").get_by_role("link", name="#1への返信")
    opened = page.locator(f"#post-{answer.id} .aside")
    button = page.locator(f"#responses-{topic.id}").get_by_role("button", name="賛成")
    marked = page.locator(f"#responses-{topic.id} [aria-pressed=true]").filter(has_text="賛成 1")
    for pressed, shown in ((link, opened), (button, marked)):
        await pressed.hover()
        for press in (1, 2):
            await page.mouse.down(click_count=press)
            await page.mouse.up(click_count=press)
            await expect(shown).to_have_count(1)
        await page.wait_for_timeout(300)
        await expect(shown).to_have_count(1)


async def test_words_that_went_while_they_were_on_their_way_are_not_opened(
    context: BrowserContext, site_db: Database
) -> None:
    """Nor does an impatient second press close what the first one opened."""
    author, read = await an_account(site_db), asyncio.Semaphore(0)
    ways = [asyncio.Event(), asyncio.Event()]
    late = ways.copy()
    topic = await a_topic(site_db, author, body="遊歩道に明かりを。")
    answer = await a_post(site_db, author, topic=topic, reply_to_id=topic.id)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    await expect(page.locator("html")).to_have_attribute("data-live", "on")

    async def hold(route: Route) -> None:
        may_come = late.pop(0) if late else None
        found = await route.fetch()
        if may_come:
            read.release()
            await may_come.wait()
        await route.fulfill(response=found)

    await page.route(f"**/posts/{topic.id}", hold)
    for _ in ways:
        await page.locator(f"#post-{answer.id} .post-head").get_by_role("link", name="#1への返信").click()
        await read.acquire()
    version = (await the_post(site_db, topic.id)).version
    await discussing.edit(site_db, author, topic.id, Edit(body="駅前に明かりを。", version=version))
    await expect(page.locator(f"#post-{topic.id} .prose")).to_have_text("駅前に明かりを。")
    for may_come in ways:
        may_come.set()
        await expect(page.locator(f"#post-{answer.id} .aside .prose")).to_have_text("駅前に明かりを。")
    await page.wait_for_timeout(300)
    await expect(page.locator(f"#post-{answer.id} .aside .prose")).to_have_text("駅前に明かりを。")


async def test_what_came_live_meanwhile_is_newer_than_the_answer_to_a_press(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic, arrives = await a_topic(site_db), asyncio.Event()
    await enter(context, await an_account(site_db))
    page = await context.new_page()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        await responding.react(site_db, other, topic.id, Press(kind=Kind.AGREE))
        await arrives.wait()
        await route.fulfill(response=answer)

    other = await an_account(site_db)
    await page.route("**/reactions", hold)
    await page.goto(f"/topics/{topic.topic_id}")
    agree = page.locator(f"#responses-{topic.id}").get_by_role("button", name="賛成")
    await agree.click()
    await expect(agree).to_have_text("賛成 2")
    arrives.set()
    await expect(agree).to_have_attribute("aria-pressed", "true")
    await expect(agree).to_have_text("賛成 2")


async def test_of_two_presses_the_later_one_counts_however_long_the_first_takes(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    goes_on = await held_up(page, "**/reactions", times=1)
    await page.goto(f"/topics/{topic.topic_id}")
    line = page.locator(f"#responses-{topic.id}")
    agree, disagree = [line.locator(f"[value={kind}]") for kind in (Kind.AGREE, Kind.DISAGREE)]
    async with page.expect_request("**/reactions"):
        await agree.click()
    await disagree.click()
    await page.wait_for_timeout(300)
    goes_on.set()
    await expect(disagree).to_have_attribute("aria-pressed", "true")
    await expect(agree).to_have_attribute("aria-pressed", "false")
    await page.reload()
    await expect(disagree).to_have_attribute("aria-pressed", "true")


async def test_a_press_that_does_not_arrive_leaves_the_reader_on_the_page(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    agree = page.locator(f"#responses-{topic.id}").get_by_role("button", name="賛成")
    warning = page.get_by_role("alert")
    await context.route("**/reactions", lambda route: route.abort())
    await agree.click()
    await expect(warning).to_have_text("送れませんでした。通信を確かめて、もう一度押してください。")
    await expect(agree).to_have_attribute("aria-pressed", "false")
    await context.unroute_all()
    await agree.click()
    await expect(agree).to_have_text("賛成 1")
    await expect(warning).to_have_count(0)


async def test_a_press_that_is_refused_says_why_where_it_was_pressed(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic, reader = await a_topic(site_db), await an_account(site_db)
    await enter(context, reader)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    # As of a minute later: however long it takes, none of them is forgotten meanwhile.
    with clock.at(clock.now() + timedelta(minutes=1)):
        for _press in range(LIMITS["react"].burst):
            await keep_pace(site_db, "react", reader.id)
    thanks = page.locator(f"#responses-{topic.id}").get_by_role("button", name="ありがとう")
    await thanks.click()
    await expect(page.get_by_role("alert")).to_contain_text("短い時間に続けて操作されました。")
    await expect(page).to_have_url(re.compile(f"/topics/{topic.topic_id}$"))
    await expect(thanks).to_have_attribute("aria-pressed", "false")


async def test_a_topic_is_walked_by_keys_and_by_number(context: BrowserContext, site_db: Database) -> None:
    """Never while somebody types, and not where the keys are switched off."""
    author = await an_account(site_db)
    topic = await a_topic(site_db, author)
    for _ in range(21):
        last = await a_post(site_db, author, topic=topic)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    for key, number in (("j", 1), ("j", 2), ("j", 3), ("k", 2)):
        await page.keyboard.press(key)
        await expect(page.locator(".post:focus")).to_have_attribute("data-order", str(number))
    await page.keyboard.press("?")
    await page.get_by_label("1文字のキーを使う").uncheck()
    await page.keyboard.press("j")
    await expect(page.locator(".post:focus")).to_have_count(0)
    await page.locator("summary", has_text="この話題のあらまし").click()
    await expect(page.locator("details[data-load]")).to_contain_text("1人の22件")
    await page.get_by_label("投稿の番号").fill("22")
    await expect(page.locator(".scrubber output")).to_contain_text("#22 20")
    await page.get_by_role("button", name="移る").click()
    await expect(page.locator(f"#post-{last.id}")).to_be_in_viewport()


BOARD = "select b.slug from boards b join topics t on t.board_id = b.id where t.id = :id"
