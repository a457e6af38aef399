"""Two people hold a discussion in two browsers, one the size of a phone: with scripts, where each sees what the other does as it
happens, and without, where everything works as well."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, ViewportSize, expect

from forum import clock
from forum.boards.rules import Board
from forum.db import Database
from moderation.city_answers import actions as city_answers
from moderation.city_answers.rules import Promise
from tests.browser.conftest import Enter
from tests.browser.story.people import Person
from tests.factories import a_board, a_staff_member, an_account
from tests.forum.files.drawing import a_photograph

PHONE, DESK = ViewportSize(width=390, height=800), ViewportSize(width=1280, height=900)
PHOTOGRAPH = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=a_photograph(900, 600))
QUESTION, ANSWER = "橋のたもとのベンチがこわれています。", "今月中に直します。"


@dataclass(frozen=True, slots=True)
class Two:
    """A resident with a phone, a clerk at a desk, and the board whose section has promised answers."""

    db: Database
    board: Board
    hana_id: int
    name: str
    hana: Person
    clerk: Person


@pytest_asyncio.fixture(params=[True, False], ids=["with scripts", "without scripts"])
async def two(
    request: pytest.FixtureRequest, browser: Browser, site_url: str, site_db: Database, enter: Enter
) -> AsyncIterator[Two]:
    hana, clerk = await an_account(site_db), await a_staff_member(site_db)
    board = await a_board(site_db, section_id=clerk.section_id)
    await city_answers.promise(site_db, clerk, board, Promise(days=30))
    complaints: list[str] = []
    async with AsyncExitStack() as windows:
        people = []
        for actor, size in ((hana, PHONE), (clerk, DESK)):
            context = await windows.enter_async_context(
                await browser.new_context(
                    base_url=site_url, locale="ja-JP", viewport=size, java_script_enabled=request.param
                )
            )
            context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            await enter(context, actor)
            people.append(Person(await context.new_page(), request.param))
        yield Two(site_db, board, hana.id or 0, hana.pen_name, *people)
    assert complaints == []


async def test_a_discussion_with_a_picture_a_quote_a_poll_and_an_answer(two: Two) -> None:
    thread = await she_asks_with_a_picture(two)
    await the_clerk_quotes_her_and_calls_her_by_name(two, thread)
    await she_asks_all_and_the_clerk_thanks_her(two, thread)
    await she_comes_back_to_what_is_new(two, thread)
    await the_city_answers(two, thread)


async def she_asks_with_a_picture(two: Two) -> str:
    hana = two.hana
    await hana.visits(f"/boards/{two.board.slug}")
    await hana.follows("話題を出す")
    await hana.fills(題名="こわれたベンチ", 本文=QUESTION)
    await hana.unfolds("写真を入れる")
    await hana.page.set_input_files("input[type=file]", PHOTOGRAPH)
    await hana.fills(写っているもの="割れた板")
    await hana.presses("本文に入れる")
    await expect(hana.field("本文")).to_have_value(re.compile(r"!\[割れた板\]\(/files/"))
    await hana.presses("投稿する")
    await expect(hana.page.get_by_role("img", name="割れた板")).to_be_visible()
    await hana.visits(hana.page.url)
    assert await hana.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    return hana.page.url


async def the_clerk_quotes_her_and_calls_her_by_name(two: Two, thread: str) -> None:
    hana, clerk = two.hana, two.clerk
    await clerk.visits(thread)
    await expect(clerk.page.get_by_role("img", name="割れた板")).to_be_visible()
    await clerk.opens_menu_of(clerk.post(QUESTION))
    await clerk.follows("引用", clerk.post(QUESTION))
    quote = clerk.field("本文")
    await expect(quote).to_have_value(re.compile(QUESTION))
    await quote.fill(await quote.input_value() + f"@「{two.name}」さん、どの橋ですか。")
    await clerk.presses("投稿する")
    for person in (clerk, hana):
        await person.looks()
        await expect(person.post("どの橋ですか。").locator("blockquote")).to_contain_text(QUESTION)
        await expect(person.post("どの橋ですか。").locator("strong")).to_have_text(f"@{two.name}")
    await hana.visits("/inbox")
    await hana.reads("あなたの投稿#1に返信しました", "どの橋ですか。")


async def she_asks_all_and_the_clerk_thanks_her(two: Two, thread: str) -> None:
    hana, clerk = two.hana, two.clerk
    await hana.visits(thread)
    await hana.follows("投票", hana.page.locator("aside"))
    day = (clock.now() + timedelta(days=7)).date().isoformat()
    await hana.fills(質問="どの橋のベンチを先に直しますか", 選択肢="二枚橋\n柳橋", 締め切りの日=day)
    await hana.ticks("締め切りの前から数を見せる")
    await hana.presses("投票を始める")
    await hana.reads("答えた人：0人")
    await clerk.looks()
    await clerk.follows("投票", clerk.page.locator("#topic-head"))
    await clerk.ticks("柳橋")
    await clerk.presses("投票する")
    await clerk.reads("あなたは投票しました。")
    await hana.looks()
    await hana.reads("答えた人：1人")
    await clerk.visits(thread)
    await clerk.presses("ありがとう", clerk.post(QUESTION).first)
    if not clerk.scripts:
        await clerk.reads("押しています。")
    await hana.visits(thread)
    await expect(hana.post(QUESTION).first.get_by_role("button", name="ありがとう")).to_have_text(
        "ありがとう 1"
    )


async def she_comes_back_to_what_is_new(two: Two, thread: str) -> None:
    hana, clerk = two.hana, two.clerk
    seen = hana.post("どの橋ですか。")
    await seen.scroll_into_view_if_needed()
    await expect(seen).to_be_in_viewport()
    if hana.scripts:  # they are told in turn, and may be busy
        await seen.evaluate("post => new Promise((told) => new IntersectionObserver(told).observe(post))")
    await hana.visits("/guide/reading")
    async with asyncio.timeout(20):  # a script tells it as the page goes
        while await two.db.value("select number from read_marks where account_id = :id", id=two.hana_id) != 2:
            await hana.page.reload()
    await clerk.visits(f"{thread}#compose")
    await clerk.fills(本文="現地を見てきました。")
    await clerk.presses("投稿する")
    await expect(clerk.post("現地を見てきました。")).to_be_visible()
    await hana.visits("/unread")
    await hana.reads("未読1件")
    await hana.follows("こわれたベンチ")
    await expect(hana.page.locator(".unread-from + .post")).to_contain_text("現地を見てきました。")


async def the_city_answers(two: Two, thread: str) -> None:
    hana, clerk = two.hana, two.clerk
    await clerk.visits(f"{thread.partition('?')[0]}/city-answer")
    await clerk.ticks("回答する")
    await clerk.fills(回答または理由=ANSWER)
    await clerk.presses("記録する")
    await clerk.reads("回答済")
    await hana.looks()
    await expect(hana.page.locator("#topic-head")).to_contain_text("回答済")
    await expect(hana.post(ANSWER)).to_contain_text("市の回答")
    await hana.visits("/inbox")
    await hana.follows(re.compile("こわれたベンチ|回答"), hana.page.get_by_role("main"))
    await hana.reads(ANSWER)
