"""Home, a board and topics among 1,000,000 posts in 50,000 topics, against 10,000 in 500: `python -m tests.bench.large_room`.

Two databases on one server, filled by one statement each and read in turn by one client in one run, so that a busy machine
slows both alike. Pages are made anew for every reading (nothing listens, so nothing is kept); of topics a hundred, anywhere.
The posts of a topic lie scattered, as they were written. Prints medians and their ratios. The index of the search, which
these pages do not touch and which takes long to fill, is left out.
"""

import argparse
import asyncio
import logging
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from pathlib import Path

import asyncpg
import httpx
import structlog

from forum import postgres
from forum.app import create_app
from forum.commands.context import prepare
from forum.db import as_libpq, connected
from forum.settings import Settings
from tests.databases import a_database
from tests.factories import a_board, a_topic, an_account

SMALL, LARGE, PER_TOPIC, LONG = 10_000, 1_000_000, 20, 5_000
AUTHORS, BOARDS, TOPICS_READ, READS = 50, 8, 100, 200

# The rows are copies of real ones with other words.
TOPICS = """
insert into topics (board_id, author_id, title, state, changes, head_change, last_number, created_at, bumped_at, sha256,
    touched)
select ($1::bigint[])[1 + n % 8], ($2::bigint[])[1 + n % 50], '駅前の自転車置き場について ' || n, 'visible', $4::int, 1, $4::int,
    now() - ($3::int - n) * interval '20 minutes', now() - ($3 - n::bigint * 7919 % $3) * interval '10 minutes', '',
    nextval('touches')
from generate_series(0, $3 - 1) n
"""
POSTS = """
insert into posts (id, topic_id, number, author_id, state, change, revision_id, reply_to_id, html, created_at, shown_at)
overriding system value
select $1::bigint + n, $2::bigint + (n % $3::int)::bigint * 7919 % $3, n / $3 + 1, ($4::bigint[])[1 + n % 50], 'visible',
    n / $3 + 1, $5, case when n % 3 = 0 and n >= $3 then $1 + n - $3 end,
    '<p>' || repeat('車いすでも通れる道にしてほしいと思います。', 5) || n || '</p>',
    now() - ($6::int - n) * interval '1 minute', now()
from generate_series(0, $6 - 1) n
"""
REACTIONS = """
insert into reactions (post_id, account_id, kind, reacted_at)
select $1::bigint + n * 4, ($2::bigint[])[1 + n % 50], 'thanks', now() from generate_series(0, $3::int / 4 - 1) n
"""


@asynccontextmanager
async def a_room(
    server: str, folder: Path, posts: int
) -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, Iterator[str]]]]:
    """A room with so many posts, and the addresses of its pages."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(a_database(server))
        await prepare(url)
        pages = await _fill(url, posts)
        db = await stack.enter_async_context(connected(url))
        app = create_app(Settings(var_dir=folder, worker=False), db, url)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://room.test", timeout=60
        )
        yield await stack.enter_async_context(client), {name: cycle(each) for name, each in pages.items()}


async def _fill(url: str, posts: int) -> dict[str, list[str]]:
    async with connected(url) as db:
        authors = [(await an_account(db)).id for _ in range(AUTHORS)]
        boards = [await a_board(db) for _ in range(BOARDS)]
        ids = [board.id for board in boards]
        opening = await a_topic(db)
        revision = await db.value("select revision_id from posts where id = :id", id=opening.id)
    connection, topics = await asyncpg.connect(as_libpq(url)), posts // PER_TOPIC
    started, first_post, first_topic = time.perf_counter(), opening.id + 1, opening.topic_id + 1
    try:
        await connection.execute("set session_replication_role = replica; set synchronous_commit = off")
        await connection.execute("drop index posts_by_bigram; drop index topics_by_bigram")
        await connection.execute(TOPICS, ids, authors, topics, PER_TOPIC)
        await connection.execute(POSTS, first_post, first_topic, topics, authors, revision, posts)
        await connection.execute(REACTIONS, first_post, authors, posts)
        await connection.execute(TOPICS, ids, authors, 1, LONG)
        await connection.execute(POSTS, first_post + posts, first_topic + topics, 1, authors, revision, LONG)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
    _say(f"{posts:,} posts in {time.perf_counter() - started:.0f} s")
    read = random.Random(5).sample(range(first_topic, first_topic + topics), TOPICS_READ)
    long = f"/topics/{first_topic + topics}"
    return {
        "home": ["/"],
        "a board": [f"/boards/{boards[0].slug}"],
        "topics": [f"/topics/{topic}" for topic in read],
        "the first posts of 5,000": [long],
        "the last posts of 5,000": [f"{long}?page=last"],
    }


async def bench(server: str, folder: Path, posts: int) -> None:
    async with (
        a_room(server, folder, SMALL) as (few, pages),
        a_room(server, folder, posts) as (many, pages_of_many),
    ):
        times: dict[str, tuple[list[float], list[float]]] = {}
        for name, addresses in pages.items():
            times[name] = ([], [])
            for n in range(READS + TOPICS_READ):
                for client, each, took in zip(
                    (few, many), (addresses, pages_of_many[name]), times[name], strict=True
                ):
                    began = time.perf_counter()
                    (await client.get(next(each))).raise_for_status()
                    if n >= TOPICS_READ:  # the first fill the caches of templates and statements
                        took.append((time.perf_counter() - began) * 1000)
    for name, (of_few, of_many) in times.items():
        small, large = statistics.median(of_few), statistics.median(of_many)
        _say(
            f"{name:28} {small:6.2f} ms among {SMALL:,}, {large:6.2f} among {posts:,}: x {large / small:.2f}"
        )
    first, last = (statistics.median(times[f"the {end} posts of 5,000"][1]) for end in ("first", "last"))
    _say(f"the 5,000th post of a topic against its first: x {last / first:.2f}")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--posts", type=int, default=LARGE)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder, postgres.embedded(Path(folder) / "pg") as url:
        asyncio.run(bench(url, Path(folder), arguments.parse_args().posts))


if __name__ == "__main__":
    main()
