"""Two people, two browsers, one room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from forum import clock
from forum.db import Database
from forum.jobs import enqueue
from forum.posts.queries import posts
from forum.posts.rules import Draft, Edit, Post
from forum.topics.actions import discussing, phasing, polling, steering
from forum.topics.actions.recapping import sum_up
from forum.topics.phasing import MovingOn
from forum.topics.polling import Kind, NewPoll
from forum.topics.recapping import Recap
from forum.topics.rules import POSTS_PER_PAGE
from forum.topics.web.reading import TOPICS_ON_HOME
from moderation.reviews.actions import transferring
from moderation.reviews.actions.polling import judge
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping
from moderation.reviews.transferring import TakingBack
from realtime.protocol import Close
from tests.browser.conftest import Enter
from tests.factories import (
    a_board,
    a_board_moderator,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_topic,
    an_account,
    the_post,
)
from tests.forum.topics.test_phases import phased
from tests.forum.topics.test_polls import a_poll, choose
from tests.forum.topics.test_transfers import transfer

# Before the boards of other tests: of more than fifty lists on the home page, the last stand still.
IN_FRONT = -1


class Windows:
    """Opens a window of a browser of its own, as nobody has two of the same."""

    def __init__(self, browser: Browser, site_url: str) -> None:
        self._browser = browser
        self._site_url = site_url

    @asynccontextmanager
    async def open(self, path: str) -> AsyncIterator[Page]:
        """A page that is connected and listens."""
        async with await self._browser.new_context(base_url=self._site_url, locale="ja-JP") as context:
            page = await context.new_page()
            await self.visit(page, path)
            yield page

    @staticmethod
    async def visit(page: Page, path: str) -> None:
        await page.goto(path)
        await expect(page.locator("html")).to_have_attribute("data-live", "on")


@pytest.fixture
def windows(browser: Browser, site_url: str) -> Windows:
    return Windows(browser, site_url)


@asynccontextmanager
async def cut_off(reader: Page, path: str) -> AsyncIterator[list[WebSocketRoute]]:
    """A page that lost its connection and gets no other for the length of the block; all that it has had.

    It tries again within a second: who looks every second may never see it without one."""
    ways, over = list[WebSocketRoute](), asyncio.Event()

    async def carry(way: WebSocketRoute) -> None:
        if ways:
            await over.wait()
        way.connect_to_server()
        ways.append(way)

    await reader.context.route_web_socket("**/live", carry)
    await Windows.visit(reader, path)
    await ways[-1].close(code=Close.TOO_SLOW)
    await expect(reader.locator("html")).to_have_attribute("data-live", "off")
    yield ways
    over.set()


async def ids(page: Page, rows: str) -> list[str]:
    found: list[str] = await page.eval_on_selector_all(rows, "all => all.map(row => row.id)")
    return found


async def test_what_one_person_writes_changes_and_withdraws_the_other_sees(
    windows: Windows, site_db: Database, enter: Enter
) -> None:
    topic, resident = await a_topic(site_db), await an_account(site_db)
    path = f"/topics/{topic.topic_id}"
    async with windows.open(path) as reader, windows.open(path) as writer:
        await enter(writer.context, resident)
        await windows.visit(writer, path)
        await writer.get_by_label("本文").fill("野川の水辺に**ベンチ**がほしい。")
        await writer.get_by_role("button", name="投稿する").click()
        for page in (reader, writer):
            await expect(page.locator(".post")).to_have_count(2)
            await expect(page.locator(".post").last.locator("strong")).to_have_text("ベンチ")
        await expect(reader.locator("#live-status")).to_have_text("1件の新着があります。")

        post = await the_last_post(site_db, topic)
        await discussing.edit(site_db, resident, post.id, Edit(body="木陰もほしい。", version=post.version))
        for page in (reader, writer):
            await expect(page.locator(f"#post-{post.id} .prose")).to_have_text("木陰もほしい。")

        await discussing.withdraw(site_db, resident, post.id)
        for page in (reader, writer):
            await expect(page.locator(f"#post-{post.id}.tombstone")).to_contain_text(
                "書いた人が取り下げました。"
            )
        assert "木陰" not in await reader.content()


async def test_the_head_of_a_topic_changes_with_it(windows: Windows, site_db: Database, enter: Enter) -> None:
    board = await a_board(site_db)
    topic, facilitator = await a_topic(site_db, board=board), await a_facilitator(site_db, board)
    async with windows.open(f"/topics/{topic.topic_id}") as reader:
        await enter(reader.context, await an_account(site_db))
        await windows.visit(reader, reader.url)
        reply = reader.locator(f"#post-{topic.id}").get_by_role("link", name="返信", exact=True)
        await expect(reply).to_be_visible()
        await steering.lock(site_db, facilitator, topic.topic_id)
        await expect(reader.locator("#topic-head")).to_contain_text("受付終了")
        await expect(reply).to_be_hidden()
        await steering.unlock(site_db, facilitator, topic.topic_id)
        await expect(reader.locator("#topic-head")).not_to_contain_text("受付終了")
        await expect(reply).to_be_visible()
        await phased(site_db, facilitator, topic)
        step = reader.locator("#topic-head [aria-current=step]")
        await expect(step).to_contain_text("課題出し")
        await phasing.move_on(site_db, facilitator, topic.topic_id, MovingOn(version=1))
        await expect(step).to_contain_text("アイデア")
        post_id = await sum_up(site_db, facilitator, topic.topic_id, Recap(body="#1の話です。"))
        recap = reader.locator("#topic-recap")
        await expect(recap.get_by_role("link", name="#1", exact=True)).to_be_visible()
        version = (await the_post(site_db, post_id)).version
        await discussing.edit(site_db, facilitator, post_id, Edit(body="新しいまとめ", version=version))
        await expect(recap).to_contain_text("新しいまとめ")


async def test_posts_go_from_one_topic_and_come_to_another(windows: Windows, site_db: Database) -> None:
    board = await a_board(site_db)
    topic, other, keeper = (
        await a_topic(site_db, board=board),
        await a_topic(site_db, board=board),
        await a_facilitator(site_db, board),
    )
    moved, stays = (
        await a_post(site_db, topic=topic, body="街灯の話です。"),
        await a_post(site_db, topic=topic),
    )
    async with (
        windows.open(f"/topics/{topic.topic_id}") as left,
        windows.open(f"/topics/{other.topic_id}") as come,
    ):
        made = await transfer(site_db, keeper, topic.topic_id, "into", [moved], to=str(other.topic_id))
        await expect(left.locator(f"#post-{moved.id}")).to_contain_text("別の話題に移りました")
        await expect(come.locator(f"#post-{moved.id} .prose")).to_have_text("街灯の話です。")
        for page in (left, come):
            await expect(page.locator("#topic-head")).to_contain_text(made.reason)
        undone = TakingBack(transfer=made.id, why="戻します。")
        await transferring.take_back(site_db, keeper, other.topic_id, undone)
        await expect(left.locator(f"#post-{moved.id} .prose")).to_have_text("街灯の話です。")
        await expect(come.locator(f"#post-{moved.id}")).to_contain_text("別の話題に移りました")
        assert await ids(left, ".post") == [f"post-{post.id}" for post in (topic, moved, stays)]


async def test_lists_of_the_board_and_of_the_home_page_reorder(windows: Windows, site_db: Database) -> None:
    board = await a_board(site_db, position=IN_FRONT)
    topics = [await a_topic(site_db, board=board) for _ in range(TOPICS_ON_HOME + 1)]
    oldest, second, newest = topics[0], topics[1], topics[-1]
    here, home = f"/boards/{board.slug}", f"[data-live-channel='board:{board.slug}'] > [id]"
    async with windows.open(here) as on_board, windows.open("/") as on_home:
        assert (await ids(on_board, home))[0] == f"topic-{newest.topic_id}"

        await a_post(site_db, topic=second)
        for page in (on_board, on_home):
            await expect(page.locator(home).first).to_have_id(f"topic-{second.topic_id}")
        await a_post(site_db, topic=oldest)
        for page in (on_board, on_home):
            await expect(page.locator(home).first).to_have_id(f"topic-{oldest.topic_id}")
        started = await a_topic(site_db, board=board, title="新しい話題です")
        for page in (on_board, on_home):
            await expect(page.locator(home).first).to_contain_text("新しい話題です")

        wanted = [f"topic-{topic.topic_id}" for topic in (started, oldest, second, newest)]
        assert (await ids(on_board, home))[:4] == wanted
        assert await ids(on_home, home) == wanted, "the home page shows no more than it did"

        # What is pinned stands first on its board; the home page shows the latest talk.
        keeper = await a_facilitator(site_db, board)
        pinned = topics[2]
        await steering.pin(site_db, keeper, pinned.topic_id)
        await a_post(site_db, topic=pinned)
        await expect(on_board.locator(home).first).to_have_id(f"topic-{pinned.topic_id}")
        await a_post(site_db, topic=newest)
        await expect(on_home.locator(home).first).to_have_id(f"topic-{newest.topic_id}")
        shown = await ids(on_home, home)
        await on_home.reload()
        assert await ids(on_home, home) == shown


async def test_the_first_topic_of_a_board_appears_where_there_was_none(
    windows: Windows, site_db: Database
) -> None:
    board = await a_board(site_db, position=IN_FRONT)
    async with windows.open(f"/boards/{board.slug}") as reader, windows.open("/") as at_home:
        topic = await a_topic(site_db, board=board)
        for page in (reader, at_home):
            row = page.locator(f"#topic-{topic.topic_id}")
            await expect(row).to_be_visible()
            await expect(row.locator("xpath=preceding-sibling::*")).to_be_hidden()


async def test_a_reader_of_an_earlier_page_is_told_of_later_posts(
    windows: Windows, site_db: Database
) -> None:
    topic, resident = await a_topic(site_db), await an_account(site_db)
    for _ in range(POSTS_PER_PAGE):
        await discussing.reply(site_db, resident, topic.topic_id, Draft(body="意見です。"))
    async with windows.open(f"/topics/{topic.topic_id}") as reader:
        await a_post(site_db, topic=topic)
        post = await a_post(site_db, topic=topic, body="いちばん新しい意見です。")
        await expect(reader.get_by_role("link", name="新着2件を見る")).to_be_visible()
        await expect(reader.locator(".post")).to_have_count(POSTS_PER_PAGE)
        await reader.get_by_role("link", name="新着2件を見る").click()
        await expect(reader.locator(f"#post-{post.id}")).to_be_visible()


async def test_a_page_that_was_cut_off_comes_back_and_catches_up(windows: Windows, site_db: Database) -> None:
    topic = await a_topic(site_db)
    path = f"/topics/{topic.topic_id}"
    async with windows.open(path) as reader:
        async with cut_off(reader, path) as ways:
            await a_post(site_db, topic=topic, body="留守のあいだの意見。")
        await expect(reader.locator(".post").last).to_contain_text("留守のあいだの意見。")
        assert len(ways) == 2


async def test_pages_in_two_languages_hear_the_same_change(windows: Windows, site_db: Database) -> None:
    topic, resident = await a_topic(site_db), await an_account(site_db)
    path = f"/topics/{topic.topic_id}"
    async with windows.open(path) as japanese, windows.open(path) as english:
        await english.context.add_cookies([{"name": "locale", "value": "en", "url": japanese.url}])
        await windows.visit(english, path)
        assert await english.locator("html").get_attribute("lang") == "en"
        post = await a_post(site_db, resident, topic=topic)
        await discussing.withdraw(site_db, resident, post.id)
        await expect(japanese.locator(f"#post-{post.id}")).to_contain_text("取り下げました")
        await expect(english.locator(f"#post-{post.id}.tombstone")).to_be_visible()


@pytest.mark.parametrize("place", ["/", "/boards/{slug}"])
async def test_a_list_misses_nothing_between_its_rendering_and_its_first_connection(
    browser: Browser, site_url: str, site_db: Database, place: str
) -> None:
    board = await a_board(site_db, position=IN_FRONT)
    first = await a_topic(site_db, board=board)
    second = await a_topic(site_db, board=board)

    async def late(way: WebSocketRoute) -> None:
        await a_post(site_db, topic=first)
        way.connect_to_server()

    rows = f"[data-live-channel='board:{board.slug}'] > [id]"
    async with await browser.new_context(base_url=site_url, locale="ja-JP") as context:
        await context.route_web_socket("**/live", late)
        reader = await context.new_page()
        async with reader.expect_response(
            lambda response: response.url.endswith(place.format(slug=board.slug))
        ):
            await reader.goto(place.format(slug=board.slug))
        await expect(reader.locator(rows).first).to_have_id(f"topic-{first.topic_id}")
        assert (await ids(reader, rows))[:2] == [f"topic-{first.topic_id}", f"topic-{second.topic_id}"]


# As where a proxy lets no websocket through.
NO_WEBSOCKETS = """WebSocket = class {
  static OPEN = 1;
  readyState = 3;
  constructor() { setTimeout(() => this.onclose({ code: 1006 }), 50); }
}"""


async def test_a_page_without_websockets_stays_current(
    browser: Browser, site_url: str, site_db: Database
) -> None:
    author, topic = await a_newcomer(site_db), await a_topic(site_db)
    path = f"/topics/{topic.topic_id}"
    async with await browser.new_context(base_url=site_url, locale="ja-JP") as context:
        reader = await context.new_page()
        await reader.add_init_script(NO_WEBSOCKETS)
        await reader.goto(path)
        await discussing.reply(site_db, author, topic.topic_id, Draft(body="まだ公開されない意見。"))
        post = await a_post(site_db, topic=topic, body="電話線のむこうの意見。")
        # Longer than the longest pause between two of its attempts.
        await expect(reader.locator(f"#post-{post.id}")).to_be_visible(timeout=40_000)
        await expect(reader.locator("#live-status")).to_have_text("1件の新着があります。")
        await expect(reader.locator(".post")).to_have_count(2)
        assert "まだ公開されない" not in await reader.content()
        assert await reader.locator("html").get_attribute("data-live") == "off"


async def the_last_post(db: Database, topic: Post) -> Post:
    [*_, last] = await posts.changed_since(db, topic.topic_id, 0, 100)
    return await the_post(db, last.id)


async def test_open_counts_move_while_one_looks_at_them(
    windows: Windows, site_db: Database, enter: Enter
) -> None:
    poll_id = await a_poll(site_db, live=True)
    async with windows.open(f"/polls/{poll_id}") as reader, windows.open(f"/polls/{poll_id}") as voter:
        await expect(reader.get_by_text("答えた人：0人")).to_be_visible()
        await enter(voter.context, await an_account(site_db))
        await windows.visit(voter, f"/polls/{poll_id}")
        await voter.get_by_label("公園").check()
        await voter.get_by_role("button", name="投票する").click()
        await expect(reader.get_by_text("答えた人：1人")).to_be_visible()
        await expect(voter.get_by_label("公園")).to_be_checked()
        await reader.get_by_role("button", name="自動更新を止める").click()
        await choose(site_db, poll_id, 1)
        await expect(voter.get_by_text("答えた人：2人")).to_be_visible()
        await expect(reader.get_by_text("答えた人：1人")).to_be_visible()


async def test_a_poll_ends_and_is_hidden_on_every_open_page(windows: Windows, site_db: Database) -> None:
    author = await an_account(site_db)
    started, question = await a_topic(site_db, author), "ベンチは駅前でよいですね。"
    topic, day = f"/topics/{started.topic_id}", clock.now().date() + timedelta(days=7)
    new = NewPoll(question=question, options="はい\nいいえ", kind=Kind.SINGLE, closes=day)
    poll_id = await polling.open_poll(site_db, author, started.topic_id, new, UTC)
    async with windows.open(f"/polls/{poll_id}") as voter:
        await expect(voter.get_by_text("ログインすると投票できます")).to_be_visible()
        async with windows.open(f"{topic}/polls") as list_, windows.open(topic) as reader:
            await end_now(site_db, poll_id)
            for page in (voter, list_, reader):
                await expect(page.get_by_text("締め切り済み")).to_be_visible()
            await expect(voter.get_by_text("答えた人：0人")).to_be_visible()
            await expect(voter.get_by_text("ログインすると投票できます")).to_have_count(0)
            wish = Keeping(act=Act.HIDE_POLL, rule=4, reason="かたよった聞き方です。", poll_id=poll_id)
            await judge(site_db, await a_moderator(site_db), started.topic_id, wish)
            await expect(voter.get_by_role("heading", name="ページが見つかりません")).to_be_visible()
            await expect(list_.get_by_text("まだありません。")).to_be_visible()
            for page in (voter, list_, reader):
                await expect(page.get_by_text(question)).to_have_count(0)
                assert question not in await page.title()


async def test_whoever_may_not_read_a_page_any_more_keeps_none_of_its_words(
    windows: Windows, site_db: Database, enter: Enter
) -> None:
    """Their topic went to others; or they logged out, in another tab."""
    here, title = await a_board(site_db), "まだ言えない話題"
    held = await a_topic(site_db, await a_newcomer(site_db), board=here, title=title)
    moderator = await a_board_moderator(site_db, here)
    topic, queue = f"/topics/{held.topic_id}", "/queue"
    async with windows.open("/") as reader:
        await enter(reader.context, moderator)
        list_, inbox = [await reader.context.new_page() for _ in range(2)]
        await windows.visit(inbox, "/inbox")
        for page, path in ((reader, topic), (list_, queue)):
            await windows.visit(page, path)
            await expect(page.get_by_text(title).first).to_be_visible()
        await steering.move(site_db, await a_moderator(site_db), held.topic_id, (await a_board(site_db)).id)
        await expect(reader.get_by_role("heading", name="ページが見つかりません")).to_be_visible()
        for page in (reader, list_):
            await expect(page.get_by_text(title)).to_have_count(0)
        await reader.goto("/account")
        await reader.get_by_role("main").get_by_role("button", name="ログアウト", exact=True).click()
        await expect(list_.get_by_text("エラー 403")).to_be_visible()
        await expect(inbox.get_by_role("heading", name="ログイン", exact=True)).to_be_visible()
        assert title not in await list_.content()


async def end_now(db: Database, poll_id: int) -> None:
    """As if the days until then were over."""
    async with db.transaction():
        await db.run("set local session_replication_role = replica")  # the day of a poll never changes
        await db.run("update polls set closes_at = :now where id = :id", now=clock.now(), id=poll_id)
    await enqueue(db, "seal_poll", {"poll_id": poll_id})


async def test_counts_are_right_again_on_a_page_that_was_cut_off(windows: Windows, site_db: Database) -> None:
    poll_id = await a_poll(site_db, live=True)
    path = f"/polls/{poll_id}"
    async with windows.open(path) as reader:
        async with cut_off(reader, path) as ways:
            await choose(site_db, poll_id, 1)
        await expect(reader.get_by_text("答えた人：1人")).to_be_visible()
        assert len(ways) == 2
