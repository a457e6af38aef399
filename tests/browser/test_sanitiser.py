"""Hostile words in every place where a resident's words are shown: nothing of them runs, nothing leaves the site.

The browser is told to ignore the Content-Security-Policy, which would stop most of it: here the words must be
harmless by themselves.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Dialog, Page, Request, expect
from pydantic_core import PydanticCustomError

from forum.access import Role
from forum.accounts import actions as accounts
from forum.accounts.queries.sections import add_section
from forum.boards.rules import Board
from forum.db import Database
from forum.posts.rules import BODY_MAX, Edit, Post
from forum.text import clean
from forum.topics.actions import discussing
from forum.topics.rules import POSTS_PER_PAGE, TITLE_MAX
from moderation.reviews import actions as reviews
from moderation.reviews.rules import Complaint
from tests.browser.conftest import Enter
from tests.factories import a_board, a_post, a_staff_member, a_topic, actor, an_account
from tests.hostile import LISTS, PAYLOADS, listed
from tests.sockets import a_session, browsing

NUMBERS = count(1)
# Pages open at once.
TABS = 4
# What programs of others call first, and events on which they wait, but for those that only a person causes.
DETECTORS = """
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.__hit(name);
window.addEventListener("securitypolicyviolation", () => window.__hit("policy"));
"""
PROVOKE = """() => {
  const events = ["mouseover", "mouseenter", "mousemove", "pointerover", "focus", "focusin", "blur", "load", "error",
    "animationstart", "animationend", "transitionend", "toggle", "scroll", "wheel", "drag", "copy", "paste", "keydown"];
  for (const element of document.querySelectorAll("*"))
    for (const event of events) element.dispatchEvent(new Event(event, { bubbles: false }));
}"""
FOREIGN = """() => {
  const found = [];
  for (const element of document.querySelectorAll("*")) {
    for (const { name } of element.attributes) if (/^on|^style$|^srcdoc$/i.test(name)) found.push(element.outerHTML);
    if (element.matches("script:not([src^='/static/'])")) found.push(element.outerHTML);
    if (element.matches("link:not([href^='/static/'], [rel=alternate][href^='/'])")) found.push(element.outerHTML);
    if (element.matches("iframe, object, embed, base, meta[http-equiv]")) found.push(element.outerHTML);
    if (element instanceof HTMLAnchorElement && !/^(https?|mailto):$/.test(element.protocol)) found.push(element.outerHTML);
  }
  return found;
}"""


@dataclass
class Watch:
    """A browser without the policy's protection, and everything suspicious that happens in it."""

    context: BrowserContext
    site: str
    seen: list[str] = field(default_factory=list)

    async def start(self) -> None:
        await self.context.expose_function("__hit", lambda what="hit": self.seen.append(f"ran: {what}"))
        await self.context.add_init_script(DETECTORS)
        self.context.on("request", self._judge)
        self.context.on("page", self._attend)

    async def look_at(self, *addresses: str) -> None:
        """Opens the pages, provokes what may lie there, and expects nothing to happen."""
        waiting = [*addresses]

        async def tab() -> None:
            page = await self.context.new_page()
            while waiting:
                address = waiting.pop()
                await page.goto(address)
                await self.provoke(page)
                assert page.url.split("#")[0] == f"{self.site}{address}".split("#")[0]
            await page.close()

        await asyncio.gather(*(tab() for _ in range(min(TABS, len(waiting)))))

    async def provoke(self, page: Page) -> None:
        await page.evaluate(PROVOKE)
        # Pictures that fail and frames that load do it a moment later.
        await page.wait_for_timeout(50)
        assert await page.evaluate(FOREIGN) == []
        assert self.seen == [], page.url

    def _judge(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:image/")):
            self.seen.append(f"asked for: {request.url}")

    def _attend(self, page: Page) -> None:
        page.on("dialog", self._dismiss)
        page.on("popup", lambda popup: self.seen.append(f"opened: {popup.url}"))
        page.on("pageerror", lambda error: self.seen.append(f"failed: {error}"))
        page.on("download", lambda download: self.seen.append(f"downloaded: {download.url}"))

    async def _dismiss(self, dialog: Dialog) -> None:
        self.seen.append(f"said: {dialog.message}")
        await dialog.dismiss()


@pytest_asyncio.fixture
async def watch(browser: Browser, site_url: str) -> AsyncIterator[Watch]:
    async with await browser.new_context(base_url=site_url, locale="ja-JP", bypass_csp=True) as context:
        watch = Watch(context, site_url)
        await watch.start()
        yield watch
        assert watch.seen == []


async def test_the_watch_sees_what_runs_and_what_leaves(watch: Watch) -> None:
    """Else the other tests would prove nothing."""
    page = await watch.context.new_page()
    await page.goto("/guide")
    await page.evaluate("document.body.innerHTML += '<img src=//evil.test/x onerror=__hit()><p onclick=x>'")
    async with asyncio.timeout(20):
        while len(watch.seen) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await page.wait_for_timeout(300)
    assert sorted(watch.seen) == ["asked for: http://evil.test/x", "ran: hit"]
    assert len(await page.evaluate(FOREIGN)) == 2
    watch.seen.clear()


async def test_hostile_titles_names_and_sections(watch: Watch, site_db: Database, enter: Enter) -> None:
    """Each with a topic of its own, so that none hides another; its words stand in the composer, too."""
    board = await a_board(site_db)
    openings = [await _opening(site_db, board, payload) for payload in PAYLOADS]
    await enter(watch.context, await a_staff_member(site_db))
    await watch.look_at(*(f"/topics/{post.topic_id}?quote={post.id}" for post in openings))
    await watch.look_at("/")
    page, older = await watch.context.new_page(), True
    await page.goto(f"/boards/{board.slug}")
    while older:
        await watch.provoke(page)
        if older := await page.locator("a[rel=next]").count() > 0:
            async with page.expect_navigation():
                await page.locator("a[rel=next]").click()


async def test_hostile_words_on_every_page_that_shows_them(
    watch: Watch, site_db: Database, enter: Enter
) -> None:
    """History, editing, reporting, judging, searching, and the inbox of whom they answer."""
    author, reader = await an_account(site_db, Role.ADMINISTRATOR), await an_account(site_db)
    question = await a_topic(site_db, reader)
    posts = [
        await a_post(site_db, author, topic=question, body=body, reply_to_id=question.id)
        for body in _batches(PAYLOADS)
    ]
    for post in posts:
        await discussing.edit(
            site_db, author, post.id, Edit(body=f"{post.raw[:-9]}__hit()", version=post.version)
        )
        await reviews.report(site_db, reader, post.id, Complaint(rule=4, note=post.raw[:900]))
    pages = ("revisions", "edit", "withdraw", "report")
    await enter(watch.context, author)
    await watch.look_at(
        "/queue",
        "/search?q=__hit",
        "/search?q=%3Csvg/onload=__hit()%3E",
        *(f"/posts/{post.id}/{page}" for post in posts for page in pages),
        *(f"/queue/{post.id}" for post in posts),
    )
    await enter(watch.context, reader)
    await watch.look_at("/inbox", f"/topics/{question.topic_id}")


async def test_hostile_words_that_arrive_while_one_reads(
    watch: Watch, site_db: Database, enter: Enter
) -> None:
    author, board = await an_account(site_db, Role.ADMINISTRATOR), await a_board(site_db)
    topic = await a_topic(site_db, board=board)
    await enter(watch.context, await an_account(site_db))
    reading, listing = await watch.context.new_page(), await watch.context.new_page()
    await reading.goto(f"/topics/{topic.topic_id}")
    heard = asyncio.Event()
    listing.on(
        "websocket",
        lambda socket: socket.on(
            "framereceived", lambda frame: heard.set() if board.slug in str(frame) else None
        ),
    )
    await listing.goto(f"/boards/{board.slug}")
    await heard.wait()
    for n, body in enumerate(_batches(PAYLOADS), 2):
        await a_post(site_db, author, topic=topic, body=body)
        await expect(reading.locator(".post")).to_have_count(n)
    opening = await _opening(site_db, board, "<img src=x onerror=__hit()>")
    await expect(listing.locator(f"#topic-{opening.topic_id}")).to_be_visible()
    for page in (reading, listing):
        await watch.provoke(page)


async def test_hostile_words_quoted_and_sent_by_the_script(
    watch: Watch, site_db: Database, enter: Enter
) -> None:
    topic = await a_topic(site_db, body=next(_batches(PAYLOADS)))
    await enter(watch.context, await a_staff_member(site_db))
    page = await watch.context.new_page()
    await page.goto(f"/topics/{topic.topic_id}")
    await page.locator(".post-menu summary").click()
    await page.locator("[data-quote]").click()
    await expect(page.locator("#compose textarea")).to_have_value(re.compile("__hit"))
    quoted = (await page.locator("#compose textarea").input_value())[:BODY_MAX]
    await page.locator("#compose textarea").fill(quoted)
    await page.get_by_role("button", name="投稿する").click()
    await expect(page.locator(".post")).to_have_count(2)
    await watch.provoke(page)


@pytest.mark.skipif(not LISTS.exists(), reason="the lists of others are not here")
async def test_thousands_of_hostile_lines(
    watch: Watch, site_db: Database, site_url: str, enter: Enter
) -> None:
    staff, topic = await a_staff_member(site_db), await a_topic(site_db)
    await enter(watch.context, staff)
    bodies = list(_batches(listed()))
    async with browsing(site_url, await a_session(site_db, staff)) as client:
        for body in bodies:
            answer = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": body})
            assert answer.status_code == 303, body
    last_page = -(-(len(bodies) + 1) // POSTS_PER_PAGE)
    await watch.look_at(*(f"/topics/{topic.topic_id}?page={n + 1}" for n in range(last_page)))


async def _opening(db: Database, board: Board, payload: str) -> Post:
    """A topic whose title, words, author and the author's section are hostile."""
    n = next(NUMBERS)
    section = await add_section(db, f"{n}{payload}", f"{n}{payload}")
    account_id = await accounts.appoint(
        db,
        pen_name=f"{payload}{n}",
        email=f"hostile{n}@example.jp",
        password_hash="",
        role=Role.STAFF,
        section_id=section,
    )
    title = " ".join(payload.split())[:TITLE_MAX]
    return await a_topic(db, await actor(db, account_id), board=board, title=title, body=payload)


def _batches(texts: Iterable[str]) -> Iterator[str]:
    """The texts that a post may hold, as many to a post as it holds, a blank line between them."""
    batch = ""
    for text in texts:
        try:
            text = clean(text).strip()
        except PydanticCustomError:
            continue  # no form takes it
        if batch and len(batch) + len(text) + 2 > BODY_MAX:
            yield batch
            batch = ""
        batch = f"{batch}\n\n{text}" if batch else text
    if batch:
        yield batch
