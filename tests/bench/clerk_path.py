"""From a closed discussion and a pile of paper to a published result, by the forms that a clerk fills in.

`python -m tests.bench.clerk_path`: 300 posts and 40 paper opinions. Prints how often the clerk presses something, how many
fields are filled in, and how long the machine takes; what the clerk reads and writes is not measured.
"""
# ruff: noqa: T201

import asyncio
import csv
import io
import logging
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import structlog

from forum import clock, postgres
from forum.accounts.actions import open_session
from forum.accounts.queries import account
from forum.app import create_app
from forum.db import Database, connected
from forum.migrating import migrate
from forum.settings import Settings
from moderation.charters.actions import put_first_charter_in_force
from moderation.consultations.actions import running
from moderation.digests.actions.compiling import compile_digest
from tests.databases import a_database
from tests.factories import a_board, a_post, a_staff_member, a_topic, an_account
from tests.moderation.consultations import stories

POSTS, PAPERS, ANSWERED_ALONE = 300, 40, 12
OPINIONS = Path(__file__).parent.parent / "opinions" / "town_plan.csv"
# Each round of the opinions is said in other words, or they would be copies.
ROUNDS = ("", "前から思っていました。", "近所でも話しています。")
GROUP = re.compile(r'href="(/consultations/\d+/answers/(\d+))"')


@dataclass
class Clerk:
    """Somebody at a browser, with a stopwatch beside."""

    client: httpx.AsyncClient
    clicks: int = 0
    fields: int = 0
    seconds: float = 0

    async def open(self, address: str) -> str:
        return (await self._ask("GET", address)).text

    async def send(self, address: str, data: dict[str, object], typed: int = 0, **more: object) -> str:
        """Presses the button of a form, `typed` of whose fields were not there already; the page after it."""
        self.fields += typed
        answer = await self._ask("POST", address, data=data, **more)
        assert answer.status_code == httpx.codes.SEE_OTHER, (address, answer.status_code, answer.text)
        return answer.headers["location"]

    async def _ask(self, method: str, address: str, **more: object) -> httpx.Response:
        self.clicks += 1
        start = time.perf_counter()
        answer = await self.client.request(method, address, **more)
        self.seconds += time.perf_counter() - start
        return answer

    def tell(self, what: str) -> None:
        print(f"{what:32} {self.clicks:4} clicks {self.fields:4} fields {self.seconds:6.1f} s")


def opinions() -> list[str]:
    texts = [row["text"] for row in csv.DictReader(io.StringIO(OPINIONS.read_text()))]
    return [said + text for said in ROUNDS for text in texts][: POSTS + PAPERS]


def table(texts: Sequence[str]) -> bytes:
    """As the clerk typed it into a spreadsheet."""
    day = (clock.now() - timedelta(days=10)).strftime("%Y-%m-%d")
    out = io.StringIO(newline="")
    rows = [
        (number, text, "郵送", day, f"見本 {number}", f"仮名町{number}") for number, text in enumerate(texts)
    ]
    csv.writer(out).writerows([("整理番号", "意見", "受付方法", "受付日時", "氏名", "住所"), *rows])
    return out.getvalue().encode("cp932")


async def a_closed_discussion(db: Database, texts: Sequence[str]) -> tuple[stories.Procedure, int]:
    """A topic of so many posts, and a consultation whose period is over since yesterday."""
    clerk, authors, board = (
        await a_staff_member(db),
        [await an_account(db) for _ in range(60)],
        await a_board(db),
    )
    topic = await a_topic(db, board=board, title="計画（案）について", body="ご意見をどうぞ。")
    for number, text in enumerate(texts):
        await a_post(db, authors[number % len(authors)], topic=topic, body=text)
    now = clock.now().astimezone(stories.TOKYO)
    notice = stories.a_notice(
        clerk,
        opens_at=(now - timedelta(days=40)).strftime("%Y-%m-%dT%H:%M"),
        closes_at=(now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    )
    with clock.at(clock.now() - timedelta(days=41)):
        number = await running.prepare(db, clerk, notice, stories.TOKYO)
        await running.announce(db, clerk, number, stories.TOKYO)
    return stories.Procedure(number, clerk), topic.topic_id


async def work(clerk: Clerk, db: Database, number: int, topic: int, papers: Sequence[str]) -> None:
    base = f"/consultations/{number}"
    await enter(clerk, base, papers)
    digest = await compiled(clerk, db, number, topic)
    await sort(clerk, digest)
    await clerk.send(f"{base}/desk", {"do": "consider"})
    clerk.tell("consideration begins")
    await answer(clerk, base)
    await clerk.open(f"{base}/results")
    await clerk.open(f"{base}/results.docx")
    clerk.tell("looked at, as Word, too")
    await clerk.send(f"{base}/answers", {})
    clerk.tell("published")


async def enter(clerk: Clerk, base: str, papers: Sequence[str]) -> None:
    await clerk.open(f"{base}/desk")
    await clerk.open(f"{base}/papers")
    await clerk.send(f"{base}/papers/table", {}, 1, files={"table": ("papers.csv", table(papers))})
    clerk.tell(f"{len(papers)} papers entered as a table")


async def compiled(clerk: Clerk, db: Database, number: int, topic: int) -> str:
    today = clock.now().astimezone(stories.TOKYO).date()
    await clerk.open("/digests/new")
    form = {
        "title": "意見のまとめ",
        "topics": [topic],
        "consultation_id": number,
        "first_day": today - timedelta(days=60),
        "last_day": today,
    }
    address = await clerk.send("/digests/new", form, 4)
    digest = address.partition("?")[0].removesuffix("/edit")
    start = time.perf_counter()
    await compile_digest(db, int(digest.rpartition("/")[2]))
    clerk.seconds += time.perf_counter() - start
    clerk.tell("opinions read and grouped")
    return digest


def hidden(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="(\d+)"', page)


async def sort(clerk: Clerk, digest: str) -> None:
    """Takes the proposed groups as they are, page by page, and sets aside what fits none."""
    while shown := hidden(page := await clerk.open(f"{digest}/edit?show=open"), "shown"):
        form = {"act": "confirm_shown", "shown": shown, "version": hidden(page, "version")[0]}
        await clerk.send(f"{digest}/edit?show=open", form)
    while loose := hidden(page := await clerk.open(f"{digest}/edit?show=loose"), "opinions"):
        form = {"act": "set_aside", "opinions": loose, "version": hidden(page, "version")[0]}
        reason = re.findall(r"<option>([^<]+)</option>", page)[0]
        await clerk.send(f"{digest}/edit?show=loose", {**form, "reason": reason}, len(loose))
    clerk.tell("groups confirmed")


async def answer(clerk: Clerk, base: str) -> None:
    """Twelve points get an answer of their own, all others the same one."""
    groups = list(dict.fromkeys(GROUP.findall(await clerk.open(f"{base}/answers"))))
    for address, _number in groups[:ANSWERED_ALONE]:
        await clerk.open(address)
        await clerk.send(address, {"number": 0, "category": "reference", "body": "検討します。"}, 2)
    clerk.tell(f"{min(len(groups), ANSWERED_ALONE)} of {len(groups)} points answered")
    await clerk.open(f"{base}/answers")
    if len(groups) > ANSWERED_ALONE:
        form = {"everything": "on", "category": "reference", "body": "今後の参考とします。"}
        await clerk.send(f"{base}/answers/several", form, 3)
    clerk.tell("the others, all at once")


async def bench(server: str, folder: Path) -> None:
    async with a_database(server) as url:
        await migrate(url)
        async with connected(url) as db:
            await put_first_charter_in_force(db)
            texts = opinions()
            procedure, topic = await a_closed_discussion(db, texts[:POSTS])
            app = create_app(Settings(var_dir=folder, worker=False), db, url)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://room.test", timeout=600
            ) as client:
                signed_in = await account(db, procedure.clerk.id or 0)
                assert signed_in is not None
                client.cookies.set("session", await open_session(db, signed_in))
                client.headers["Origin"] = "http://room.test"
                await work(Clerk(client), db, procedure.id, topic, texts[POSTS:])


def main() -> None:
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder, postgres.embedded(Path(folder)) as server:
        asyncio.run(bench(server, Path(folder)))


if __name__ == "__main__":
    main()
