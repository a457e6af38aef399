"""Whatever happens, every open page ends as the database is, and nothing is left behind.

Three processes of one town, through which three people write while others read. Processes are killed, lines break
without a word, readers stop reading, the database restarts and crashes, brokers are cut off, clocks jump, and every
message may come again, late and in any order. CHAOS_READERS, CHAOS_SECONDS and CHAOS_SEED make it larger, longer
and different (`make soak`).
"""

import asyncio
import os
import random
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from typing import Any

import asyncpg
import httpx
import pytest

from forum.access import Actor, Role
from forum.db import Database, as_libpq, connected
from tests.chaos.line import Line, a_line
from tests.chaos.screen import ID, Screen, find, in_order
from tests.chaos.town import Site, Town, a_town
from tests.chaos.trouble import DATABASE_LOSSES, Echo, Trouble
from tests.factories import a_topic, an_account, the_post
from tests.sockets import logged_in

SECONDS = float(os.environ.get("CHAOS_SECONDS", "5"))
READERS = int(os.environ.get("CHAOS_READERS", "60"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
IS_SHORT = SECONDS < 60

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(SECONDS * 2 + 300)]

PROCESSES = 3
Census = dict[str, Any]
# How long after the last trouble the last reader may take to be as the database is.
SETTLE_SECONDS = 60
# Every so many seconds something happens, and each writer writes.
ACTS = ["reply", "edit", "withdraw", "lock"]
TROUBLE_EVERY = 0.3 if IS_SHORT else 4.0
WRITE_EVERY = 0.1 if IS_SHORT else 0.3
ACTS_BETWEEN, PATIENCE_SECONDS = 3, 20.0
# The coming and going of many is work for this one process.
STAY_SECONDS = max(6.0, READERS / 20)
# A topic of some pages; from then on people rewrite more than they add.
POSTS_MAX = 150
LONG_BODY = "野川沿いの緑を守りながら、車いすでも通れる道にしてほしいと思います。" * 100

# What a process may hold when everyone has left, beyond what it held before anyone came: connections of the pool to
# the database, and what Python keeps of memory once used.
FILES_MAX = 25
MEMORY_MAX = 80_000_000
# The server notices the end of a silent line by its own pings: 20 seconds until one leaves, 20 for the answer.
LEAVE_SECONDS = 60


@pytest.mark.parametrize("broker", ["postgresql", "redis"])
async def test_every_reader_ends_with_what_the_database_holds(broker: str) -> None:
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(a_town(PROCESSES, with_redis=broker == "redis"))
        db = await stack.enter_async_context(connected(town.database.url))
        lines = [await stack.enter_async_context(a_line(site.port)) for site in town.sites]
        before = await at_rest(town)
        topic_id = (await a_topic(db)).topic_id
        story = Story(town, db, lines, topic_id)
        stack.push_async_callback(story.everyone_leaves)
        started = time.monotonic()
        await story.tell()
        told = time.monotonic()
        await story.everyone_holds_what_the_database_holds()
        settled = time.monotonic()
        await story.everyone_leaves()
        await nothing_is_left(town, before)
        left = time.monotonic()
        times = (
            f"{told - started:.1f} s of it, {settled - told:.1f} s to settle, {left - settled:.1f} s to leave"
        )
        print(f"{broker}: {times}; {story.summary()}")  # noqa: T201 - with -s, what it was about


class Story:
    """The readers, the writers and the trouble of one run."""

    def __init__(self, town: Town, db: Database, lines: list[Line], topic_id: int) -> None:
        self.town = town
        self.db = db
        self.lines = lines
        self.topic_id = topic_id
        self.over, self.calm = asyncio.Event(), asyncio.Event()
        self.acts: Counter[str] = Counter()
        direct, chance = [site.url for site in town.sites], random.Random(SEED)
        # Every third reader lives behind bad lines.
        self.screens = [
            Screen(
                [line.url for line in lines] if n % 3 == 0 else direct,
                topic_id,
                random.Random(chance.random()),
                STAY_SECONDS,
            )
            for n in range(READERS)
        ]
        self.reading: list[asyncio.Task[None]] = []
        self.trouble = Trouble(town, lines, self.screens, SEED)
        self.echo = Echo(town.database.url, SEED)

    async def tell(self) -> None:
        """Everything at once for as long as it is set, and until every kind of trouble has been."""
        people = [await an_account(self.db, Role.ADMINISTRATOR) for _ in self.town.sites]
        self.reading = [asyncio.create_task(screen.live_through(self.calm)) for screen in self.screens]
        echoing = asyncio.create_task(self.echo.shout())
        try:
            async with asyncio.timeout(SECONDS * 2 + 120), asyncio.TaskGroup() as writing:
                for n, (person, site) in enumerate(zip(people, self.town.sites, strict=True)):
                    writing.create_task(self.write(person, site, random.Random(SEED + n)))
                await self.trouble.make(SECONDS, self.pause)
                self.over.set()
        finally:
            [end] = await cancelled([echoing])
        assert isinstance(end, asyncio.CancelledError), end

    async def pause(self) -> None:
        """Between two troubles; on a slow machine until something was written again, but not for ever."""
        done = self.done
        await asyncio.sleep(TROUBLE_EVERY)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self.done < done + ACTS_BETWEEN:  # noqa: ASYNC110 - whatever comes first
                    await asyncio.sleep(0.05)

    @property
    def done(self) -> int:
        """How many acts went well."""
        return sum(n for act, n in self.acts.items() if act in ACTS)

    async def write(self, person: Actor, site: Site, chance: random.Random) -> None:
        """One person's posts, edits and withdrawals, until it is over. What fails is tried otherwise."""
        async with logged_in(site.url, self.db, person) as client:
            mine: list[int] = []
            while not self.over.is_set():
                await site.up.wait()
                try:
                    act = await self.act(client, mine, chance)
                except (httpx.HTTPError, *DATABASE_LOSSES):
                    act = "lost"
                self.acts[act] += 1
                await asyncio.sleep(chance.uniform(0, WRITE_EVERY * 2))

    async def act(self, client: httpx.AsyncClient, mine: list[int], chance: random.Random) -> str:
        # No two of one author's are the same: one that is sent twice is there once.
        words = f"意見 {sum(self.acts.values())}" + (LONG_BODY if chance.random() < 0.1 else "")
        weights = [6 if self.acts["reply"] < POSTS_MAX else 0.2, 3, 1 if len(mine) > 2 else 0, 0.5]
        act = chance.choices(ACTS, weights)[0]
        match act:
            case "edit" if mine:
                post = await the_post(self.db, chance.choice(mine))
                address, form = f"/posts/{post.id}/edit", {"body": words, "version": str(post.version)}
            case "withdraw":
                address, form = f"/posts/{mine.pop(chance.randrange(len(mine)))}/withdraw", {}
            case "lock":
                address = f"/topics/{self.topic_id}/keep"
                form = {"act": chance.choice(["lock", "unlock"]), "reason": "混乱の中で"}
            case _:
                act, address, form = "reply", f"/topics/{self.topic_id}/replies", {"body": words}
        answer = await client.post(address, data=form, timeout=10)
        if answer.status_code >= 400:
            return f"{act} answered {answer.status_code}"
        if act == "reply":
            mine.append(int(find(ID, answer.text).removeprefix("post-")))
        return act

    async def everyone_holds_what_the_database_holds(self) -> None:
        """In order, nothing twice, word for word as on the page."""
        await asyncio.gather(*(site.up.wait() for site in self.town.sites))
        self.calm.set()
        source = await asyncpg.connect(as_libpq(self.town.database.url))
        changes, ask = 0, "select changes from topics where id = $1"
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                # Asked again: a server may still be busy with a form that nobody awaits any more.
                while changes != (newest := await source.fetchval(ask, self.topic_id)) or self.behind(newest):
                    changes = newest
                    await asyncio.sleep(0.2)
        rows = await source.fetch("select id from posts where topic_id = $1 order by number", self.topic_id)
        await source.close()
        for task in self.reading:
            assert not task.done() or task.exception() is None
        # Whoever may do all of this is refused nothing but what somebody else did first.
        assert not [act for act in self.acts if act.endswith((" 403", " 404", " 405", " 422"))], (
            self.summary()
        )
        assert changes > SECONDS, self.summary()
        assert not self.behind(changes), f"{self.behind(changes)}, not {changes}; {self.summary()}"

        expected = [f"post-{row['id']}" for row in rows]
        direct = Screen([site.url for site in self.town.sites], self.topic_id, random.Random(SEED))
        held, page = await direct.page()
        assert (held, in_order(page)) == (changes, expected)
        for screen in self.screens:
            assert in_order(screen.reader.elements) == expected
            assert screen.reader.elements == page

    def behind(self, changes: int) -> list[int]:
        """What readers hold who do not hold the newest."""
        return [screen.reader.held for screen in self.screens if screen.reader.held != changes]

    async def everyone_leaves(self) -> None:
        await cancelled(self.reading)
        if IS_SHORT:  # otherwise the servers find out by themselves
            for line in self.lines:
                line.reset()

    def summary(self) -> str:
        """What it was about."""
        readers = sum((screen.counts for screen in self.screens), Counter[str]())
        parts = {"acts": self.acts, "troubles": self.trouble.counts, "readers": readers}
        told = [
            f"{name}: {', '.join(f'{n} {what}' for what, n in c.most_common())}" for name, c in parts.items()
        ]
        return "; ".join([*told, f"{self.echo.echoes} echoes"])


async def cancelled(tasks: list[asyncio.Task[None]]) -> list[BaseException | None]:
    """How each of them ended."""
    for task in tasks:
        task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def nothing_is_left(town: Town, before: list[Census]) -> None:
    """No sockets, no tasks, no files and no memory beyond what idle processes hold. (Which of them relays between
    brokers may have changed: the tasks of all are counted together.)"""
    now = await all_of(town)
    with suppress(TimeoutError):
        async with asyncio.timeout(LEAVE_SECONDS):
            while sum(one["sockets"] for one in now) or tasks(now) != tasks(before):
                await asyncio.sleep(0.5)
                now = await all_of(town)
    assert [(one["sockets"], one["channels"]) for one in now] == [(0, 0)] * len(now)
    assert tasks(now) == tasks(before)
    for one, was in zip(now, before, strict=True):
        assert one["files"] - was["files"] <= FILES_MAX
        assert one["memory"] - was["memory"] <= MEMORY_MAX


async def at_rest(town: Town) -> list[Census]:
    """When all have loaded what they load beside their first answers, and nothing passes by: two looks find the same."""
    before, now = list[Census](), await all_of(town)
    while "to_thread" in tasks(now) or tasks(now) != tasks(before):
        await asyncio.sleep(0.1)
        before, now = now, await all_of(town)
    return now


async def all_of(town: Town) -> list[Census]:
    return [await site.census() for site in town.sites]


def tasks(censuses: list[Census]) -> Counter[str]:
    return sum((Counter(one["tasks"]) for one in censuses), Counter[str]())
