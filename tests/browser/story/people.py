"""People with browsers of their own, and what they do there in the words that they would use."""

import asyncio
import email
import email.policy
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from forum.boards.rules import Board
from forum.posts.rules import Post

MAIL_SECONDS = 20
# What a script does without leaving the page: a quote; a reply, a reaction, a picture.
STAYS = "it => it.matches('a[data-quote], :is(form[data-into], .responses, [data-adding]) button')"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a window. Without scripts a page is as fresh as the last look at it."""

    page: Page
    scripts: bool

    async def visits(self, address: str) -> None:
        await self.page.goto(address)
        await self._is_connected()

    async def looks(self) -> None:
        """With scripts the page changes by itself."""
        if not self.scripts:
            await self.page.reload()

    async def follows(self, name: str | re.Pattern[str], where: Locator | None = None) -> None:
        await self._clicks((where or self.page).get_by_role("link", name=name).first)

    async def presses(self, name: str, where: Locator | None = None, *, exact: bool = False) -> None:
        await self._clicks((where or self.page).get_by_role("button", name=name, exact=exact).first)

    async def fills(self, **fields: str) -> None:
        """Types into the fields that have these labels."""
        for label, text in fields.items():
            await self.field(label).fill(text)

    async def chooses(self, label: str, option: str) -> None:
        await self.field(label).select_option(label=option)

    async def ticks(self, words: str) -> None:
        """A box, or one button of several, by words that stand on it."""
        await self.page.get_by_label(words).and_(self.page.locator("input")).first.check()

    async def unfolds(self, words: str, where: Locator | None = None) -> None:
        await (where or self.page).locator("summary").filter(has_text=words).first.click()

    async def reads(self, *sentences: str) -> None:
        """What the page says where it can be seen."""
        for sentence in sentences:
            await expect(self.page.get_by_role("main")).to_contain_text(sentence)

    def field(self, label: str) -> Locator:
        """The field of that label, whether or not it is marked as required."""
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}( ※必須)?$"))

    def post(self, words: str) -> Locator:
        """The post that says so."""
        return self.page.locator(".post").filter(has_text=words)

    async def opens_menu_of(self, post: Locator) -> None:
        await self.unfolds("の投稿の操作", post)

    async def _clicks(self, link: Locator) -> None:
        """And waits for the next page. What is done before would be done to the last one, and may call off what was sent."""
        if self.scripts and await link.evaluate(STAYS):
            await link.click()
            return
        async with self.page.expect_navigation():
            await link.click()
        await self._is_connected()

    async def _is_connected(self) -> None:
        """What happens from now on is shown by a page that can show it."""
        if self.scripts and await self.page.locator("[data-live-number]").count():
            await expect(self.page.locator("html")).to_have_attribute("data-live", "on")


@dataclass(frozen=True, slots=True)
class Town:
    """A board with a topic under discussion, and everybody who comes to it."""

    board: Board
    topic: Post
    hana: Person
    guest: Person
    taro: Person
    moderator: Person
    clerk: Person
    # Two towns share one site: this keeps their names apart.
    name: str

    @property
    def thread(self) -> str:
        return f"/topics/{self.topic.topic_id}"

    @property
    def pen_name(self) -> str:
        return f"{self.name}の花子"


async def link_mailed_to(address: str, folder: Path) -> str:
    """The link in the mail to the address, once the job has written it."""
    async with asyncio.timeout(MAIL_SECONDS):
        while True:
            for path in (folder / "mail").glob("*.eml"):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if message["To"] == address and (link := re.search(r"http\S+", message.get_content())):
                    return link.group()
            await asyncio.sleep(0.05)
