"""Search among a million posts: `python -m tests.bench.search`.

Fills a database of its own with made-up posts of 300 letters (tests/bench/corpus.py), builds the index as a migration does, and
asks 200 questions of two to eight letters cut out of posts, three times each. Prints how long the index took and how large it
is; how long the answers took, by the clock and on the processor of the database (on a busy machine the clock tells of the
others); the same of one letter beside an author, a board and a week; and, against letters compared one by one in Python, how
much of the newest hundred posts was found and was right.
"""

import argparse
import asyncio
import html
import logging
import random
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path

import asyncpg
import structlog

from forum import postgres
from forum.access import GUEST
from forum.commands.context import prepare
from forum.db import Database, as_libpq, connected
from forum.search import finding
from forum.search.queries.posts import Narrowed, are_few, find
from forum.search.rules import FIRST, HITS_PER_PAGE, Order, Term
from tests.bench.corpus import posts
from tests.bench.sockets import percentile
from tests.factories import a_board, a_topic, an_account

POSTS, QUESTIONS, ROUNDS, COMPARED = 1_000_000, 200, 3, 100
AUTHORS = 400
# Beside four boards that have a quarter of the posts each there is one with a few thousand.
SMALL = 250
KINDS = ["official", "community"]
INDEX = "create index posts_by_bigram on posts using gin (bigrams(words)) where state = 'visible'"


@dataclass(frozen=True, slots=True)
class Said:
    id: int
    words: str


async def fill(db: Database, url: str, count: int) -> None:
    """So many posts in a twentieth as many topics on five boards; the rows are copies of a real one with other words."""
    authors = [(await an_account(db)).id for _ in range(AUTHORS)]
    boards = [(await a_board(db)).id for _ in range(5)]
    opening = await a_topic(db)
    revision = await db.value("select revision_id from posts where id = :id", id=opening.id)
    connection, topics = await asyncpg.connect(as_libpq(url)), count // 20
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute("drop index posts_by_bigram")
        titles = [words[:24] for words in posts(topics, seed=2)]
        await connection.execute(TOPICS, boards, authors[0], titles)
        first = await connection.fetchval("select min(id) from topics where sha256 = ''")
        began, made = datetime(2020, 1, 1, tzinfo=UTC), posts(count)
        for start in range(0, count, 20_000):
            rows = [
                (
                    first + n * 7919 % topics,
                    n + 2,
                    authors[n % AUTHORS],
                    "visible",
                    1,
                    revision,
                    f"<p>{html.escape(words)}</p>",
                    at,
                    at,
                )
                for n, words in zip(range(start, min(start + 20_000, count)), made, strict=False)
                for at in [began + timedelta(seconds=150 * n)]
            ]
            await connection.copy_records_to_table("posts", records=rows, columns=COLUMNS)
        await connection.execute("set maintenance_work_mem = '1GB'")
        started = time.perf_counter()
        await connection.execute(INDEX)
        print(f"index built in {time.perf_counter() - started:.0f} s")  # noqa: T201
        await connection.execute("analyze")
    finally:
        await connection.close()


COLUMNS = [
    "topic_id",
    "number",
    "author_id",
    "state",
    "change",
    "revision_id",
    "html",
    "created_at",
    "shown_at",
]
TOPICS = f"""
insert into topics (board_id, author_id, title, state, created_at, bumped_at, sha256)
select ($1::bigint[])[case when n % {SMALL} = 0 then 5 else 1 + n % 4 end], $2, title, 'visible', now(), now(), ''
from unnest($3::text[]) with ordinality as t (title, n)
"""

BOARDS = "select board_id from topics where sha256 = '' group by board_id order by count(*)"


async def measure(db: Database) -> None:
    """Everything that is printed but the time of building."""
    sizes = await db.row(
        """
        select count(*) as posts, pg_relation_size('posts_by_bigram') / 1e6 as index, sum(octet_length(words)) / 1e6 as words
        from posts
        """
    )
    assert sizes is not None
    print(f"{sizes['posts']} posts, words {sizes['words']:.0f} MB, index {sizes['index']:.0f} MB")  # noqa: T201
    questions = await _questions(db)
    for order in Order:
        for _ in range(ROUNDS):
            await _time(db, questions, order)
    for _ in range(ROUNDS):
        await _time_letters(db, questions)
    await _compare(db, questions)


async def _questions(db: Database) -> list[str]:
    """Pieces of two to eight letters of posts anywhere."""
    rng, last = random.Random(5), await db.value("select max(id) from posts")
    found: list[str] = []
    while len(found) < QUESTIONS:
        words = await db.value("select words from posts where id = :id", id=rng.randint(2, last))
        if words and len(words) > 8:
            length = 2 + len(found) % 7
            start = rng.randint(0, len(words) - length)
            found.append(words[start : start + length])
    return found


async def _time(db: Database, questions: list[str], order: Order) -> None:
    await _clock(db, order, [partial(_find, db, question, Narrowed(KINDS), order) for question in questions])


async def _time_letters(db: Database, questions: list[str]) -> None:
    """Beside what leaves few posts, and beside what leaves too many, which is refused."""
    small, *large = [row["board_id"] for row in await db.rows(BOARDS)]
    newest = await db.value("select max(created_at) from posts where id < (select max(id) from posts)")
    narrow = {
        "an author": [Narrowed(KINDS, authors=[n + 1]) for n in range(AUTHORS)],
        "a small board": [Narrowed(KINDS, boards=[small])],
        "a large board": [Narrowed(KINDS, boards=[board]) for board in large],
        "a week": [
            Narrowed(KINDS, since=day, until=day + timedelta(7))
            for day in (newest - timedelta(n) for n in range(1, 1700, 17))
        ],
        "since a week": [Narrowed(KINDS, since=newest - timedelta(7))],
        "since years": [Narrowed(KINDS, since=newest - timedelta(700))],
    }
    for name, among in narrow.items():
        asked = zip(questions, cycle(among), strict=False)
        await _clock(db, name, [partial(_read_through, db, question[0], one) for question, one in asked])


async def _read_through(db: Database, letter: str, among: Narrowed) -> None:
    if await are_few(db, among):
        await _find(db, letter, among, Order.NEWEST)


async def _find(db: Database, question: str, among: Narrowed, order: Order) -> None:
    await find(db, [Term((question,))], among, viewer=None, order=order, place=FIRST, limit=HITS_PER_PAGE + 1)


async def _clock(db: Database, name: str, asked: list[Callable[[], Awaitable[None]]]) -> None:
    spent = Path(f"/proc/{await db.value('select pg_backend_pid()')}/schedstat")
    clock, processor = [], []
    for ask in asked:
        before, started = int(spent.read_text().split()[0]), time.perf_counter()
        await ask()
        clock.append((time.perf_counter() - started) * 1000)
        processor.append((int(spent.read_text().split()[0]) - before) / 1e6)
    print(  # noqa: T201
        f"{name:13} clock p50 {percentile(clock, 0.5):4.0f} p95 {percentile(clock, 0.95):4.0f} ms"
        f"   processor p50 {percentile(processor, 0.5):4.0f} p95 {percentile(processor, 0.95):4.0f} ms"
    )


async def _compare(db: Database, questions: list[str]) -> None:
    """Of the newest hundred posts that hold a question: how many its pages show, and how many of those it should."""
    truth: dict[str, deque[int]] = {question: deque(maxlen=COMPARED) for question in questions}
    async for post in db.each(
        Said, "select id, words from posts where id > :after order by id limit :batch", batch=20_000
    ):
        for question, ids in truth.items():
            if question in post.words:
                ids.append(post.id)
    right = shown = expected = 0
    for question, ids in truth.items():
        found = await _pages(db, question, len(ids))
        right, shown, expected = right + len({*found} & {*ids}), shown + len(found), expected + len(ids)
    print(f"recall {right / expected:.4f}, precision {right / shown:.4f} of {expected} posts")  # noqa: T201


async def _pages(db: Database, question: str, most: int) -> list[int]:
    """What the pages of a search in quotation marks show, one after the other."""
    wanted, place = finding.Wanted([Term((question,))], Narrowed(KINDS)), FIRST
    found: list[int] = []
    while len(found) < most:
        hits, following = await finding.found(db, GUEST, wanted, Order.NEWEST, place)
        found += [hit.post_id for hit in hits]
        if following is None:
            return found
        place = following
    return found[:most]


async def bench(url: str, count: int) -> None:
    await prepare(url)
    async with connected(url) as db:
        await fill(db, url, count)
        await measure(db)


def main() -> None:
    count = argparse.ArgumentParser()
    count.add_argument("--posts", type=int, default=POSTS)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        with postgres.embedded(Path(folder) / "pg") as url:
            asyncio.run(_remember(url))
        with postgres.embedded(Path(folder) / "pg") as url:
            asyncio.run(bench(url, count.parse_args().posts))


async def _remember(url: str) -> None:
    """From its next start the server keeps in memory what a town of this size would give it."""
    server = await asyncpg.connect(as_libpq(url))
    await server.execute("alter system set shared_buffers = '4GB'")
    await server.close()


if __name__ == "__main__":
    main()
