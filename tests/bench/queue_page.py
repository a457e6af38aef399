"""How the queue of 100,000 items compares with one of 100: `python -m tests.bench.queue_page`.

Two databases on one server, read in turn by one client each in one run, so that a busy machine slows both alike. Half of
the items are held posts, half reported ones, on four boards. Prints medians, p95 and their ratios.
"""

import asyncio
import logging
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import structlog

from forum import postgres
from forum.access import Role
from forum.accounts.actions import open_session
from forum.accounts.queries import account
from forum.accounts.rules import Account
from forum.app import create_app
from forum.db import Database, connected
from forum.migrating import migrate
from forum.settings import Settings
from moderation.charters.actions import put_first_charter_in_force
from tests.bench.sockets import percentile
from tests.databases import a_database
from tests.factories import a_board, a_newcomer, a_topic, an_account

SMALL, LARGE, READS = 100, 100_000, 200
BOARDS = 4
PAGES = {
    "the queue": "/queue",
    "held posts": "/queue?kind=held",
    "another page, with the counter": "/guide",
}


async def bench(server: str, folder: Path) -> None:
    """Fills a database with each number of items and reads both in turn."""
    async with AsyncExitStack() as stack:
        clients = {}
        for size in (SMALL, LARGE):
            url = await stack.enter_async_context(a_database(server))
            await migrate(url)
            db = await stack.enter_async_context(connected(url))
            moderator = await _fill(db, size)
            app = create_app(Settings(var_dir=folder, worker=False), db, url)
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://room.test")
            clients[size] = await stack.enter_async_context(client)
            client.cookies.set("session", await open_session(db, moderator))
        for name, address in PAGES.items():
            await _report(clients, name, address)


async def _report(clients: dict[int, httpx.AsyncClient], name: str, address: str) -> None:
    times: dict[int, list[float]] = {size: [] for size in clients}
    for n in range(READS + 10):
        for size, client in clients.items():
            started = time.perf_counter()
            (await client.get(address)).raise_for_status()
            if n >= 10:  # the first fill the caches of templates and statements
                times[size].append((time.perf_counter() - started) * 1000)
    small, large = times[SMALL], times[LARGE]
    print(  # noqa: T201
        f"{name:32} p50 {statistics.median(small):6.2f} -> {statistics.median(large):6.2f} ms"
        f"  x{statistics.median(large) / statistics.median(small):4.2f}"
        f"   p95 {percentile(small, 0.95):6.2f} -> {percentile(large, 0.95):6.2f} ms"
        f"  x{percentile(large, 0.95) / percentile(small, 0.95):4.2f}"
    )


async def _fill(db: Database, size: int) -> Account:
    """A town with this many items; the account of a moderator. The rows are copies of a few real ones."""
    await put_first_charter_in_force(db)
    moderator, reporter = await an_account(db, Role.MODERATOR), await an_account(db)
    for _ in range(BOARDS):
        board = await a_board(db)
        held = await a_topic(db, await a_newcomer(db), board=board)
        shown = await a_topic(db, board=board)
        for post, n in ((held, 0), (shown, 1)):
            await db.run(COPIES, post_id=post.id, topic_id=post.topic_id, most=size // BOARDS // 2)
            if n:
                await db.run(REPORTS, topic_id=post.topic_id, reporter_id=reporter.id)
    await db.run("analyze")
    found = await account(db, moderator.id or 0)
    assert found is not None
    return found


COPIES = """
insert into posts (topic_id, number, author_id, state, change, revision_id, html, created_at, shown_at)
select p.topic_id, n + 1, p.author_id, p.state, p.change, p.revision_id, p.html, p.created_at - n * interval '1 second',
    p.shown_at
from posts p, generate_series(1, :most) n where p.id = :post_id and p.topic_id = :topic_id
"""
REPORTS = """
insert into reports (post_id, revision_id, reporter_id, rule_number, note, created_at, due_at)
select id, revision_id, :reporter_id, 4, '', created_at, created_at + interval '1 day'
from posts where topic_id = :topic_id and number > 1
"""


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder, postgres.embedded(Path(folder) / "pg") as url:
        asyncio.run(bench(url, Path(folder)))


if __name__ == "__main__":
    main()
