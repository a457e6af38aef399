"""A day in an hour: `python -m tests.soak.day` (DAY_MINUTES makes it shorter).

Two processes of a town with a thousand sockets: readers come, catch up and go, some read slowly, people write,
rewrite, read pages and log in. Every process says what it holds sixty times; at the end that must be flat:
a straight line through the last two thirds may not rise by more than is stated here. The samples are left in
var/soak/day.csv.
"""

import asyncio
import csv
import itertools
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx

from forum.access import Actor, Role
from forum.db import Database, connected
from forum.settings import ROOT
from tests.bench.crowd import Told, a_crowd
from tests.chaos.screen import ID, find
from tests.chaos.town import Town, a_town
from tests.factories import PASSWORD, a_board, a_topic, an_account, the_post
from tests.sockets import browsing, logged_in

MINUTES = float(os.environ.get("DAY_MINUTES", "60"))
SAMPLES = 60
CSV = ROOT / "var" / "soak" / "day.csv"

# Of a thousand sockets some read only now and then, and so many of the others are exchanged at a time.
PROMPT, SLOW, EXCHANGED = 900, 100, 30
SLOW_SECONDS = 15.0
EXCHANGE_EVERY, WRITE_EVERY, READ_EVERY, LOGIN_EVERY = 5.0, 0.4, 0.25, 35.0
# What a reader that comes back has missed, and when people turn to another topic.
MISSED, TOPIC_EVERY = 20, 180.0

# Growth per hour and process that is still called flat.
FLAT = {"memory": 10_000_000.0, "files": 10.0, "sockets": 50.0, "tasks": 50.0}
# A shorter run says how things went, and is no proof.
JUDGED_MINUTES = 20


@dataclass
class Day:
    """What everyone shares: the town, the topic of the moment, and how often things were done."""

    town: Town
    db: Database
    prompt: Told
    slow: Told
    writers: list[Actor]
    topic_id: int
    started: float = field(default_factory=time.monotonic)
    acts: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def ports(self) -> list[int]:
        return [site.port for site in self.town.sites]

    async def channel(self, missed: int = 0) -> dict[str, int]:
        changes = await self.db.value("select changes from topics where id = :id", id=self.topic_id)
        return {f"topic:{self.topic_id}": max(1, int(changes) - missed)}

    async def come_and_go(self) -> None:
        await self.prompt.do("leave", sockets=EXCHANGED)
        channels = await self.channel(random.randrange(MISSED))
        await self.prompt.do("join", ports=self.ports, sockets=EXCHANGED, channels=channels)

    async def write(self, clients: list[httpx.AsyncClient]) -> None:
        client = random.choice(clients)
        answer = await client.post(
            f"/topics/{self.topic_id}/replies", data={"body": f"意見 {self.acts} " * 20}
        )
        self.check(answer)
        post = await the_post(self.db, int(find(ID, answer.text).removeprefix("post-")))
        if random.random() < 0.3:
            form = {"body": f"書き直し {self.acts}", "version": str(post.version)}
            self.check(await client.post(f"/posts/{post.id}/edit", data=form))
        elif random.random() < 0.1:
            self.check(await client.post(f"/posts/{post.id}/withdraw"))

    async def read(self, guests: list[httpx.AsyncClient]) -> None:
        topics = [f"/topics/{self.topic_id}", f"/topics/{self.topic_id}?page=last", "/topics/1"]
        guest = random.choice(guests)
        self.check(
            await guest.get(
                random.choice(["/", "/guide", "/search?q=意見", "/open-data", *topics]), follow_redirects=True
            )
        )

    async def log_in_and_out(self) -> None:
        async with browsing(random.choice(self.town.sites).url) as client:
            email = await self.db.value("select email from accounts where id = :id", id=self.writers[-1].id)
            self.check(await client.post("/login", data={"email": email, "password": PASSWORD}))
            self.check(await client.get("/"))
            self.check(await client.post("/logout"))

    async def turn_to_another_topic(self) -> None:
        self.topic_id = (await a_topic(self.db, self.writers[0], board=await a_board(self.db))).topic_id

    def check(self, answer: httpx.Response) -> None:
        self.acts += 1
        if answer.status_code >= 400:
            self.failures.append(f"{answer.request.method} {answer.request.url.path}: {answer.status_code}")


async def every(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    """At about this pace, until cancelled."""
    while True:
        await asyncio.sleep(random.uniform(0.5, 1.5) * seconds)
        await act()


async def live_through(day: Day) -> list[dict[str, Any]]:
    """The day with all its people; the samples."""
    async with AsyncExitStack() as stack:
        sites = [site.url for site in day.town.sites]
        clients = [
            await stack.enter_async_context(logged_in(site, day.db, writer))
            for site, writer in zip(itertools.cycle(sites), day.writers, strict=False)
        ]
        guests = [await stack.enter_async_context(browsing(site)) for site in sites]
        people = [
            asyncio.create_task(every(seconds, act))
            for seconds, act in (
                (EXCHANGE_EVERY, day.come_and_go),
                (WRITE_EVERY, lambda: day.write(clients)),
                (READ_EVERY, lambda: day.read(guests)),
                (LOGIN_EVERY, day.log_in_and_out),
                (TOPIC_EVERY, day.turn_to_another_topic),
            )
        ]
        sampling = asyncio.create_task(samples(day))
        try:
            await asyncio.wait({sampling, *people}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for person in people:
                person.cancel()
            ends = await asyncio.gather(*people, return_exceptions=True)
        failed = [end for end in ends if not isinstance(end, asyncio.CancelledError)]
        if failed:
            sampling.cancel()
            raise RuntimeError(f"somebody stopped: {failed!r}")
        return await sampling


async def samples(day: Day) -> list[dict[str, Any]]:
    """What every process holds, again and again; each line is in the file at once."""
    taken = list[dict[str, Any]]()
    CSV.parent.mkdir(parents=True, exist_ok=True)
    with CSV.open("w", newline="") as file:
        lines = csv.DictWriter(file, ["minutes", "process", *FLAT, "acts"])
        lines.writeheader()
        for n in range(SAMPLES):
            await asyncio.sleep(day.started + (n + 1) * MINUTES * 60 / SAMPLES - time.monotonic())
            for number, site in enumerate(day.town.sites):
                census = await site.census()
                census["tasks"] = sum(census["tasks"].values())
                line = {name: census[name] for name in FLAT}
                line |= {
                    "minutes": round((time.monotonic() - day.started) / 60, 2),
                    "process": number,
                    "acts": day.acts,
                }
                lines.writerow(line)
                taken.append(line)
            file.flush()
    return taken


def verdict(taken: list[dict[str, Any]], processes: int) -> bool:
    """Whether everything was flat, and how it was."""
    is_flat = True
    for process, (name, most) in itertools.product(range(processes), FLAT.items()):
        own = [one for one in taken if one["process"] == process]
        own = own[len(own) // 3 :]
        growth = 60 * slope([one["minutes"] for one in own], [one[name] for one in own])
        is_flat = is_flat and growth <= most
        print(  # noqa: T201
            f"process {process}: {name} {own[0][name]:,} to {own[-1][name]:,}, "
            f"{growth:+,.0f} an hour (at most {most:,.0f})"
        )
    return is_flat


def slope(xs: list[float], ys: list[float]) -> float:
    """Of the straight line that lies closest."""
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


async def main() -> bool:
    """Whether the day went well."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(a_town(2, WORKER="true"))
        db = await stack.enter_async_context(connected(town.database.url))
        before = [await site.census() for site in town.sites]
        writers = [await an_account(db, Role.ADMINISTRATOR) for _ in range(6)]
        topic_id = (await a_topic(db, writers[0])).topic_id
        prompt = await stack.enter_async_context(a_crowd())
        slow = await stack.enter_async_context(a_crowd())
        day = Day(town, db, prompt, slow, writers, topic_id)
        await prompt.do("join", ports=day.ports, sockets=PROMPT, channels=await day.channel())
        await slow.do("join", ports=day.ports, sockets=SLOW, channels=await day.channel())
        await slow.do("read", every=SLOW_SECONDS)
        taken = await live_through(day)
        reports = [await crowd.do("report") for crowd in (prompt, slow)]
        for crowd in (prompt, slow):
            await crowd.do("leave", sockets=PROMPT)
        await asyncio.sleep(5)
        after = [await site.census() for site in town.sites]
    print(f"{day.acts} acts; crowds: {reports}; failures: {day.failures[:5]}")  # noqa: T201
    print(f"idle before: {before}\nidle after:  {after}")  # noqa: T201
    is_flat = verdict(taken, len(town.sites))
    is_whole = not (day.failures or any(report["wrong"] for report in reports))
    is_empty = not any(one["sockets"] for one in after)
    return is_whole and is_empty and (is_flat or MINUTES < JUDGED_MINUTES)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else "The day did not go well.")
