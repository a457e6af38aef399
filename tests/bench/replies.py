"""How many replies a second: `python -m tests.bench.replies --sockets 0 200 1000`.

Eight people reply as fast as they are answered, over HTTP to one `forum serve`, with commits that wait for the disk; first in
one topic, where replies take turns, then each in a topic of their own. Whoever listens hears every reply, or the run
fails. Before that, one part after the other, each by itself: what a reply is made of.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx

from tests.bench.crowd import Told, a_crowd
from tests.bench.screens import a_commit
from tests.bench.sockets import percentile
from tests.bench.town import BODY, Town, a_town, cpu
from tests.factories import a_topic

CLIENTS = 8
ROUNDS = 100
SWEEP_SECONDS = 1.0

HEAD = """\
| listeners | topics | replies a second | p50 | p99 | each takes: server | database | all took: server, database, crowd, script |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds so far."""

    server: float
    database: float
    crowd: float
    script: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(
            self.server - before.server,
            self.database - before.database,
            self.crowd - before.crowd,
            self.script - before.script,
        )


async def main(sizes: list[int], seconds: float) -> None:
    async with a_town(1) as town:
        print(await the_parts(town), flush=True)  # noqa: T201
        print(f"\n{HEAD}")  # noqa: T201
        for sockets in sizes:
            async with a_crowd() as crowd:
                channels = {f"topic:{town.topic_id}": await town.changes()}
                await crowd.do("join", ports=town.ports, sockets=sockets, channels=channels)
                await crowd.do("read", every=SWEEP_SECONDS)
                print(await bench(town, crowd, sockets, [town.topic_id] * CLIENTS, seconds), flush=True)  # noqa: T201
        own = [(await a_topic(town.db, town.writer)).topic_id for _ in range(CLIENTS)]
        async with a_crowd() as crowd:
            print(await bench(town, crowd, 0, own, seconds), flush=True)  # noqa: T201


async def the_parts(town: Town) -> str:
    """Medians of one at a time, nobody listening."""
    async with town.writing() as client:
        nothing = await took(lambda n: client.get("/healthz"))
        whole = await took(lambda n: reply(client, town.topic_id, n))
    durable = await a_commit(town)
    await town.db.run("alter system set synchronous_commit = off")
    await town.db.value("select pg_reload_conf()")
    lazy = await a_commit(town)
    await town.db.run("alter system reset synchronous_commit")
    await town.db.value("select pg_reload_conf()")
    rows = {
        "a request about nothing (`/healthz`)": nothing,
        "the transaction, not waiting for the disk": lazy,
        "waiting for the disk": durable - lazy,
        "the rest: reading the form, who asks, the answer": whole - nothing - durable,
        "a reply over HTTP, whole": whole,
    }
    return "| part | median |\n|---|---|\n" + "\n".join(
        f"| {name} | {seconds * 1000:.1f} ms |" for name, seconds in rows.items()
    )


async def took(act: Callable[[int], Awaitable[object]]) -> float:
    times = []
    for n in range(ROUNDS):
        started = time.monotonic()
        await act(n)
        times.append(time.monotonic() - started)
    return statistics.median(times)


async def reply(client: httpx.AsyncClient, topic_id: int, n: int) -> None:
    answer = await client.post(f"/topics/{topic_id}/replies", data={"body": f"{BODY}（{n}）"})
    assert answer.status_code == 201, answer.text


async def bench(town: Town, crowd: Told, sockets: int, topics: list[int], seconds: float) -> str:
    """One row of the table."""
    times = list[float]()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(town.writing()) for _ in topics]
        before, started = await spent(town, crowd), time.monotonic()

        async def write(client: httpx.AsyncClient, topic_id: int) -> None:
            while (now := time.monotonic()) < started + seconds:
                await reply(client, topic_id, len(times))
                times.append(time.monotonic() - now)

        await asyncio.gather(*map(write, clients, topics))
        lasted, cost = time.monotonic() - started, (await spent(town, crowd)).since(before)
    if sockets:
        heard = await crowd.do("hear", number=await town.changes())
        if heard["late"] or heard["wrong"] or heard["sockets"] != sockets:
            raise RuntimeError(f"not everyone heard everything: {heard}")
    shares = (cost.server, cost.database, cost.crowd, cost.script)
    return (
        f"| {sockets:,} | {len(set(topics))} | {len(times) / lasted:.0f} | {percentile(times, 0.5) * 1000:.0f} ms "
        f"| {percentile(times, 0.99) * 1000:.0f} ms | {cost.server / len(times) * 1000:.1f} ms "
        f"| {cost.database / len(times) * 1000:.1f} ms | {', '.join(f'{one / lasted:.0%}' for one in shares)} |"
    )


async def spent(town: Town, crowd: Told) -> Spent:
    rows = await town.db.rows("select pid from pg_stat_activity")
    return Spent(
        server=sum(cpu(server.process.pid) for server in town.servers),
        database=sum(cpu(row["pid"]) for row in rows),
        crowd=(await crowd.do("report"))["cpu"],
        script=time.process_time(),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, nargs="+", default=[0, 200, 1000])
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    asyncio.run(main(options.sockets, options.seconds))
