"""Writing: what was typed comes back on another device, and the preview grows with the text."""

import asyncio
import re
from urllib.parse import quote_plus

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Route, expect

from forum.db import Database
from forum.topics.actions import discussing
from moderation.city_answers import actions as city_answers
from moderation.city_answers.rules import Promise
from tests.browser.conftest import Enter, held_up
from tests.factories import a_board, a_facilitator, a_post, a_staff_member, a_topic, an_account


async def test_a_text_is_written_on_two_devices_and_looked_at_before_it_is_sent(
    browser: Browser, context: BrowserContext, site_url: str, site_db: Database, enter: Enter
) -> None:
    topic, writer = await a_topic(site_db), await an_account(site_db)
    await enter(context, writer)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    async with page.expect_response("**/drafts"):
        await page.get_by_label("本文").fill("夜道を")
    all_of_it = quote_plus("夜道を**明るく**", safe="*")  # a slow hand may have it kept in between
    async with page.expect_response(lambda it: all_of_it in (it.request.post_data or "")):
        await page.get_by_label("本文").press_sequentially("**明るく**")
    await page.wait_for_function("() => !localStorage.length")  # else it would bring back what arrived
    async with await browser.new_context(base_url=site_url, java_script_enabled=False) as phone:
        await enter(phone, writer)
        there = await phone.new_page()
        await there.goto(f"/topics/{topic.topic_id}")
        await expect(there.get_by_label("本文")).to_have_value("夜道を**明るく**")
        await there.get_by_label("本文").fill("夜道を**明るく**してほしい。")
        async with there.expect_navigation():
            await there.get_by_role("button", name="下書きを保存").click()
        await expect(there.get_by_label("本文")).to_have_value("夜道を**明るく**してほしい。")
        await there.get_by_role("button", name="プレビュー").click()
        await expect(there.get_by_role("region", name="プレビュー").get_by_text("明るく")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("書きかけの文章を戻しました。")).to_be_visible()
    await page.get_by_role("button", name="プレビュー").click()
    shown = page.get_by_role("region", name="プレビュー")
    await expect(shown).to_contain_text("夜道を明るくしてほしい。")
    await page.get_by_label("本文").fill("夜道を*早く*明るくしてほしい。")
    await expect(shown.locator("em")).to_have_text("早く")
    assert (await Axe().run(page)).response["violations"] == []
    await page.get_by_role("button", name="投稿する").click()
    await expect(page.get_by_label("本文")).to_have_value("")
    await page.goto("/drafts")
    await expect(page.get_by_text("下書きはありません。")).to_be_visible()
    assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_what_never_arrived_stays_in_the_browser(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    await context.route("**/drafts", lambda route: route.abort())
    async with page.expect_event("requestfailed"):
        await page.get_by_label("本文").fill("電車の中で")
    await context.unroute_all()
    async with page.expect_response("**/drafts"):
        await page.reload()
    await expect(page.get_by_label("本文")).to_have_value("電車の中で")
    await page.locator("summary", has_text="市民").first.click()
    async with page.expect_navigation():
        await page.get_by_role("button", name="ログアウト").click()
    assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_a_reply_whose_answer_was_lost_is_sent_again_and_there_once(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/replies", lose, times=1)
    await page.get_by_label("本文").fill("橋の手すりがぐらつきます。")
    send, warning = page.get_by_role("button", name="投稿する"), page.get_by_role("alert")
    await send.click()
    await expect(warning).to_contain_text("もう一度押してください。")
    await send.click()
    await expect(warning).to_have_count(0)
    await expect(page.get_by_label("本文")).to_have_value("")
    await page.reload()
    await expect(page.locator(".post .prose", has_text="ぐらつきます")).to_have_count(1)


async def test_what_came_live_meanwhile_is_newer_than_the_answer_to_a_reply(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic, writer, arrives = await a_topic(site_db), await an_account(site_db), asyncio.Event()
    await enter(context, writer)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        await arrives.wait()
        await route.fulfill(response=answer)

    await page.route("**/replies", hold)
    await page.get_by_label("本文").fill("橋の手すりがぐらつきます。")
    await page.get_by_role("button", name="投稿する").click()
    post = page.locator(".post").last
    await expect(post).to_contain_text("ぐらつきます")
    number = int((await post.get_attribute("id") or "").removeprefix("post-"))
    await discussing.withdraw(site_db, writer, number)
    await expect(post).to_contain_text("書いた人が取り下げました。")
    arrives.set()
    await expect(page.get_by_label("本文")).to_have_value("")
    await expect(post).to_be_focused()
    await expect(post).to_contain_text("書いた人が取り下げました。")


async def test_nothing_is_typed_into_what_is_being_sent(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    """It would be neither sent nor kept."""
    topic, arrives = await a_topic(site_db), asyncio.Event()
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")

    async def wait(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await page.route("**/replies", wait)
    words = page.get_by_label("本文")
    await words.fill("橋の手すりがぐらつきます。")
    await page.get_by_role("button", name="投稿する").click()
    await expect(words).not_to_be_editable()
    arrives.set()
    await expect(words).to_have_value("")
    await expect(words).to_be_editable()


async def test_what_never_arrived_does_not_replace_what_another_device_wrote_since(
    browser: Browser, context: BrowserContext, site_url: str, site_db: Database, enter: Enter
) -> None:
    topic, writer = await a_topic(site_db), await an_account(site_db)
    await enter(context, writer)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    async with page.expect_response("**/drafts"):
        await page.get_by_label("本文").fill("駅前に")
    await context.route("**/drafts", lambda route: route.abort())
    async with page.expect_event("requestfailed"):
        await page.get_by_label("本文").fill("駅前にベンチを。")
    async with await browser.new_context(base_url=site_url, java_script_enabled=False) as phone:
        await enter(phone, writer)
        there = await phone.new_page()
        await there.goto(f"/topics/{topic.topic_id}")
        await there.get_by_label("本文").fill("駅前に木を。")
        async with there.expect_navigation():
            await there.get_by_role("button", name="下書きを保存").click()
    await context.unroute_all()
    async with page.expect_response("**/drafts"):
        await page.reload()
    await expect(page.get_by_label("本文")).to_have_value("駅前にベンチを。")
    await page.goto("/drafts")
    for words in ("駅前にベンチを。", "駅前に木を。"):
        await expect(page.get_by_text(words)).to_be_visible()


async def test_a_preview_that_does_not_come_says_so(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    await page.get_by_label("本文").fill("野川に**ベンチ**を。")
    preview, warning = page.get_by_role("button", name="プレビュー"), page.get_by_role("alert")
    await context.route("**/preview", lambda route: route.abort())
    await preview.click()
    await expect(warning).to_contain_text("送れませんでした。書いた文章は残っています。")
    await context.unroute_all()
    await preview.click()
    await expect(page.locator("[data-previewed] strong")).to_have_text("ベンチ")
    await expect(warning).to_have_count(0)


async def test_a_preview_is_of_the_newest_words_whichever_answer_comes_last(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic, late = await a_topic(site_db), asyncio.Event()
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        await late.wait()
        await route.fulfill(response=answer)

    await page.route("**/preview", hold, times=1)
    words, preview = page.get_by_label("本文"), page.get_by_role("button", name="プレビュー")
    await words.fill("はじめの言葉")
    async with page.expect_request("**/preview") as first:
        await preview.click()
    held = await first.value
    await words.fill("あとの言葉")
    await preview.click()
    shown = page.locator("[data-previewed]")
    await expect(shown).to_contain_text("あとの言葉")
    async with page.expect_event("requestfinished", lambda request: request == held):
        late.set()
    await page.wait_for_timeout(300)
    await expect(shown).to_contain_text("あとの言葉")


async def test_nothing_is_previewed_any_more_of_what_was_sent(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    """Also not by an answer that comes late. The next words are looked at when somebody wants to."""
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    words, shown = page.get_by_label("本文"), page.locator("[data-previewed]")
    preview, send = [page.get_by_role("button", name=name) for name in ("プレビュー", "投稿する")]
    await words.fill("橋の手すり")
    await preview.click()
    await expect(shown).to_contain_text("橋の手すり")
    await send.click()
    await expect(words).to_have_value("")
    await expect(shown).to_be_hidden()
    goes_on = await held_up(page, "**/preview", times=1)
    await words.fill("橋の明かり")
    async with page.expect_request("**/preview"):
        await preview.click()
    await send.click()
    await expect(words).to_have_value("")
    async with page.expect_event("requestfinished", lambda it: it.url.endswith("/preview")):
        goes_on.set()
    await page.wait_for_timeout(300)
    await expect(shown).to_be_hidden()


async def test_what_is_pressed_while_words_are_sent_is_not_lost_with_them(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    """A quote would go with what was sent, and an answer be one to nobody."""
    topic = await a_topic(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    goes_on = await held_up(page, "**/replies")
    await page.goto(f"/topics/{topic.topic_id}")
    words = page.get_by_label("本文")
    await words.fill("橋の手すりがぐらつきます。")
    async with page.expect_request("**/replies") as sent:
        await page.get_by_role("button", name="投稿する").click()
    await page.locator(f"#post-{topic.id} .post-menu summary").click()
    await page.locator(f"#post-{topic.id}").get_by_role("link", name="引用").click()
    await expect(words).to_have_value("橋の手すりがぐらつきます。")
    await expect(page.locator(".replying")).to_be_hidden()
    goes_on.set()
    await expect(words).to_have_value("")
    assert "reply_to_id=&" in ((await sent.value).post_data or "")
    await page.locator(f"#post-{topic.id}").get_by_role("link", name="引用").click()
    await expect(words).to_have_value(re.compile(rf"\(/posts/{topic.id}\)\n> "))


async def test_names_and_topics_are_offered_and_selected_words_are_quoted(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    known, topic = await an_account(site_db), await a_topic(site_db, title="めずらしい水車小屋")
    # The topic that somebody writes in is not offered.
    other = await a_topic(site_db, title="めずらしい水車の話")
    post = await a_post(
        site_db,
        known,
        topic=topic,
        body="水車を回したい。粉もひきたい。\n\n> 古い。\n\n直します。" + "\n\n長い話。" * 40,
    )
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    area = page.get_by_label("本文")
    await area.fill(f"@{known.pen_name}")  # at once: what is chosen is lost when more is offered
    offered = page.get_by_role("listbox", name="候補").get_by_role("option")
    await expect(offered.first).to_have_text(known.pen_name)
    await area.press("ArrowDown")
    await expect(page.get_by_role("option", selected=True)).to_have_text(known.pen_name)
    assert (await Axe().run(page)).response["violations"] == []
    await area.press("Enter")
    await expect(area).to_have_value(f"@「{known.pen_name}」")
    await area.press_sequentially("さん、#めずらしい水車")
    await expect(offered).to_have_text(["めずらしい水車の話"])
    await area.press("Escape")
    await expect(offered).to_have_count(0)
    await area.press_sequentially(" #水車")
    await offered.first.click()
    await expect(area).to_have_value(re.compile(rf" \[めずらしい水車の話\]\(/topics/{other.topic_id}\)$"))
    await area.fill("")
    words, quoting = (
        page.locator(f"#post-{post.id} .prose"),
        page.get_by_role("button", name="選んだところを引用して返信"),
    )
    select = "(p, n) => getSelection().setBaseAndExtent(p.firstChild, 0, p.firstChild, n)"
    await words.locator("> p").first.evaluate(select, 8)
    line, button = await words.locator("> p").first.bounding_box(), await quoting.bounding_box()
    assert line is not None
    assert button is not None
    assert 0 <= button["y"] - line["y"] <= 2 * line["height"]
    await quoting.press("Enter")
    await expect(area).to_have_value(re.compile(rf"\(/posts/{post.id}\)\n> 水車を回したい。\n\n$"))
    # As three clicks choose a paragraph, also the last one.
    await area.fill("")
    await words.locator("> p").last.click(click_count=3)
    await quoting.click()
    await expect(area).to_have_value(re.compile(r"\n> 長い話。\n\n$"))
    # What somebody else said is not theirs who quoted it.
    await words.locator("blockquote p").evaluate(select, 2)
    await expect(quoting).to_have_count(0)
    await area.fill("")
    await page.locator(f"#post-{post.id} .post-menu summary").click()
    await page.locator(f"#post-{post.id}").get_by_role("link", name="引用").click()
    await expect(area).to_have_value(
        re.compile(r"\n> 水車を回したい。粉もひきたい。\n>\n> 直します。\n>\n> 長い話。\n")
    )


async def test_what_was_accepted_does_not_come_back_into_the_same_form(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    clerk = await a_staff_member(site_db)
    board = await a_board(site_db, section_id=clerk.section_id)
    await city_answers.promise(site_db, clerk, board, Promise(days=30))
    topic = await a_topic(site_db, board=board)
    await enter(context, clerk)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}/city-answer")
    await page.get_by_label("回答する").check()
    async with page.expect_response("**/drafts"):
        await page.get_by_label("回答または理由").fill("今月中に直します。")
    async with page.expect_navigation():
        await page.get_by_role("button", name="記録する").click()
    await expect(page.get_by_text("記録しました。")).to_be_visible()
    await expect(page.get_by_label("回答または理由")).to_have_value("")
    assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_a_topic_and_its_new_words_are_no_draft_once_they_were_taken(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    """Nor does this browser bring back what it kept while they were on their way."""
    board = await a_board(site_db)
    await enter(context, await an_account(site_db))
    page = await context.new_page()
    await context.route("**/drafts", lambda route: route.abort())
    await page.goto(f"/boards/{board.slug}/topics/new")
    await page.get_by_label("題名").fill("橋の手すり")
    for words, told in (("ぐらつきます。", "話題を出しました。"), ("さびています。", "直しました。")):
        await page.get_by_label("本文").fill(words)
        await page.locator("form[data-draft] button.button:not([formaction])").click()
        await expect(page.locator(".notice-good")).to_have_text(told)
        await expect(page.locator(".post .prose")).to_have_text(words)
        await page.wait_for_load_state()
        assert (
            await page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
        )
        await page.locator(".post-menu summary").click()
        await page.get_by_role("link", name="編集", exact=True).click()


@pytest.mark.parametrize("answer", ["none", "a fault", "not logged in"])
async def test_what_was_not_accepted_comes_back_whatever_page_comes_instead(
    context: BrowserContext, site_db: Database, enter: Enter, answer: str
) -> None:
    board, writer = await a_board(site_db), await an_account(site_db)
    await enter(context, writer)
    page = await context.new_page()
    await context.route("**/drafts", lambda route: route.abort())
    here = f"/boards/{board.slug}/topics"
    await page.goto(f"{here}/new")
    await page.get_by_label("本文").fill("橋の手すりがぐらつきます。")

    async def lose(route: Route) -> None:
        if route.request.method != "POST" or answer == "not logged in":
            await route.continue_()
        elif answer == "none":
            await route.abort()
        else:  # as of a page that the site has for faults
            fault = await route.fetch(url=f"{page.url}/of/nobody", method="GET")
            await route.fulfill(response=fault, status=503)

    await page.route(f"**{here}", lose)
    if answer == "not logged in":
        await context.clear_cookies()
    await page.get_by_label("題名").fill("橋の手すり")
    async with page.expect_event("framenavigated"):  # also to the browser's own page
        await page.get_by_role("button", name="投稿する").click()
    await enter(context, writer)
    await page.goto("/guide")
    await page.goto(f"{here}/new")
    await expect(page.get_by_label("本文")).to_have_value("橋の手すりがぐらつきます。")


async def test_the_form_of_a_course_says_what_holds_after_the_next_phase_began(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    board = await a_board(site_db)
    topic = await a_topic(site_db, board=board)
    await enter(context, await a_facilitator(site_db, board))
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}/phases")
    await page.locator("[name=asks_1]").fill("困っていること")
    async with page.expect_navigation():
        await page.get_by_role("button", name="この進行にする").click()
    await expect(page.get_by_text("進行を決めました。")).to_be_visible()
    await page.locator("[name=words]").fill("書きかけのわけ")
    async with page.expect_navigation():
        await page.get_by_role("button", name="いま次へ進める").click()
    await expect(page.get_by_text("次へ進めました。")).to_be_visible()
    await expect(page.locator("[name=asks_1]")).not_to_have_value("困っていること")
    await expect(page.locator("[name=name_2]")).to_have_value("集約")


async def test_who_was_logged_out_meanwhile_keeps_the_words_and_finds_the_way_back(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic, writer = await a_topic(site_db), await an_account(site_db)
    await enter(context, writer)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    await page.get_by_label("本文").fill("橋の手すりがぐらつきます。")
    await context.clear_cookies()
    await page.get_by_role("button", name="投稿する").click()
    refused = page.get_by_role("alert")
    await expect(refused).to_contain_text("意見を書くには、ログインしてください。")
    await expect(refused).to_be_in_viewport(ratio=1)
    await enter(context, writer)
    async with page.expect_navigation():
        await refused.get_by_role("link", name="ログイン").click()
    await page.goto(f"/topics/{topic.topic_id}")
    await expect(page.get_by_label("本文")).to_have_value("橋の手すりがぐらつきます。")


async def test_a_page_goes_on_where_the_browser_keeps_nothing(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic, writer = await a_topic(site_db), await an_account(site_db)
    await enter(context, writer)
    await context.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
          configurable: true, get() { throw new DOMException("not here", "SecurityError"); },
        });"""
    )
    page, failed = await context.new_page(), list[str]()
    page.on("pageerror", lambda error: failed.append(str(error)))
    await page.goto(f"/topics/{topic.topic_id}")
    async with page.expect_response("**/drafts"):
        await page.get_by_label("本文").fill("橋の手すりがぐらつきます。")
    await page.reload()
    await expect(page.get_by_label("本文")).to_have_value("橋の手すりがぐらつきます。")
    await page.get_by_role("button", name="投稿する").click()
    await expect(page.locator("#posts").get_by_text("橋の手すりがぐらつきます。")).to_be_visible()
    assert failed == []


async def test_words_of_one_account_are_no_draft_of_another_that_logs_in_beside_it(
    context: BrowserContext, site_db: Database, enter: Enter
) -> None:
    topic, writer, other = await a_topic(site_db), await an_account(site_db), await an_account(site_db)
    await enter(context, writer)
    page = await context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    await enter(context, other)
    async with page.expect_response("**/drafts"):
        await page.get_by_label("本文").fill("橋の手すりがぐらつきます。")
    beside = await context.new_page()
    await beside.goto(f"/topics/{topic.topic_id}")
    await expect(beside.get_by_label("本文")).to_have_value("")
    await beside.goto("/drafts")
    await expect(beside.get_by_text("下書きはありません。")).to_be_visible()
    await enter(context, writer)
    async with page.expect_response("**/drafts"):
        await page.reload()
    await expect(page.get_by_label("本文")).to_have_value("橋の手すりがぐらつきます。")
