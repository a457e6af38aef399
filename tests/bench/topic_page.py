"""How a topic page of 5,000 posts compares with one of 20: `python -m tests.bench.topic_page`.

Both are read in turn by one client in one run, so that a busy machine slows both alike. Prints medians and
their ratio, the statements of a page and its bytes.
"""

import asyncio
import logging
import statistics
import tempfile
import time
from pathlib import Path

import httpx
import structlog

from forum import postgres
from forum.app import create_app
from forum.db import Database, connected
from forum.migrating import migrate
from forum.posts.rules import Draft
from forum.settings import Settings
from forum.topics.actions import discussing
from tests.factories import a_topic, an_account

SMALL, LARGE, READS = 20, 5_000, 150
BODY = "野川沿いの緑を守りながら、車いすでも通れる道にしてほしいと思います。" * 4


async def bench(url: str, folder: Path) -> None:
    """Fills the database at `url` with both topics and reads them in turn."""
    await migrate(url)
    async with connected(url) as db:
        pages = {"20 posts": await _a_topic_of(db, SMALL), "5,000 posts": await _a_topic_of(db, LARGE)}
        pages["5,000 posts, last page"] = pages["5,000 posts"] + "?page=last"
        app = create_app(Settings(var_dir=folder, worker=False), db, url)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://room.test"
        ) as client:
            await _report(db, client, pages)


async def _report(db: Database, client: httpx.AsyncClient, pages: dict[str, str]) -> None:
    times: dict[str, list[float]] = {name: [] for name in pages}
    for address in pages.values():  # once for the caches of templates and fragments
        await client.get(address)
    for _ in range(READS):
        for name, address in pages.items():
            started = time.perf_counter()
            (await client.get(address)).raise_for_status()
            times[name].append(time.perf_counter() - started)
    base = statistics.median(times["20 posts"])
    for name, address in pages.items():
        before = db.statements
        page = await client.get(address)
        median = statistics.median(times[name])
        print(  # noqa: T201
            f"{name:24} {median * 1000:6.2f} ms  x{median / base:4.2f}  "
            f"{db.statements - before} statements  {len(page.content) / 1000:5.1f} kB of HTML"
        )


async def _a_topic_of(db: Database, posts: int) -> str:
    author = await an_account(db)
    topic = await a_topic(db, author, body=BODY)
    for n in range(posts - 1):
        await discussing.reply(db, author, topic.topic_id, Draft(body=f"{BODY}（{n}）"))
    return f"/topics/{topic.topic_id}"


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder, postgres.embedded(Path(folder) / "pg") as url:
        asyncio.run(bench(url, Path(folder)))


if __name__ == "__main__":
    main()
