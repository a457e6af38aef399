"""How soon a reply is on every screen: `python -m tests.bench.screens --sockets 200 1000 5000 10000`.

The real `forum serve` on PostgreSQL, and readers of one topic. A reply is posted over HTTP, one at a time; the clock
runs from sending the form to the last receipt. In the same run: a bare loop of `transport.write` to 1,000 sockets
until the last receipt, and the transaction that stores a reply until its commit.
"""

import argparse
import asyncio
import statistics
import time
from typing import Any

import asyncpg
import httpx

from forum.db import as_libpq
from forum.events import CHANNEL
from forum.posts.rules import Draft
from forum.topics.actions import discussing
from tests.bench.crowd import Told, a_crowd, told
from tests.bench.fan_out import one_round
from tests.bench.sockets import percentile
from tests.bench.town import BODY, Town, a_town
from tests.factories import a_topic

YARDSTICK_SOCKETS = 1_000
ROUNDS = 20

HEAD = """\
| sockets | POST to last screen: p50 | p99 | max | to the median screen | commit to last screen: p50 | POST answered: p50 |
|---|---|---|---|---|---|---|"""


async def main(sizes: list[int], posts: int) -> None:
    loop = await a_bare_loop()
    async with a_town(1) as town:
        commit = await a_commit(town)
        yard = 2 * loop + commit
        print(  # noqa: T201
            f"bare loop over {YARDSTICK_SOCKETS:,} sockets: {loop * 1000:.1f} ms; a reply's transaction: "
            f"{commit * 1000:.1f} ms; 2 x loop + commit: {yard * 1000:.1f} ms\n\n{HEAD}"
        )
        for sockets in sizes:
            print(await bench(town, sockets, posts), flush=True)  # noqa: T201


async def a_bare_loop() -> float:
    """Seconds from the first write to the last receipt: the median of some rounds."""
    async with told("tests.bench.hall") as hall, a_crowd() as crowd:
        port = (await hall.do("port"))["port"]
        await crowd.do("join", ports=[port], sockets=YARDSTICK_SOCKETS, channels={"topic:1": 0})
        rounds = [await one_round(hall, crowd, YARDSTICK_SOCKETS, "bare") for _ in range(ROUNDS)]
    return statistics.median(one["last"] for one in rounds)


async def a_commit(town: Town) -> float:
    """Seconds that the transaction of one reply takes, in a topic that nobody reads."""
    topic, times = await a_topic(town.db, town.writer), list[float]()
    for n in range(ROUNDS):
        started = time.monotonic()
        await discussing.reply(town.db, town.writer, topic.topic_id, Draft(body=f"{BODY}（{n}）"))
        times.append(time.monotonic() - started)
    return statistics.median(times)


async def bench(town: Town, sockets: int, posts: int) -> str:
    """One row of the table."""
    committed = asyncio.Queue[float]()
    listener = await asyncpg.connect(as_libpq(town.url))
    await listener.add_listener(CHANNEL, lambda *_: committed.put_nowait(time.monotonic()))
    async with a_crowd() as crowd, town.writing() as client:
        channel = {f"topic:{town.topic_id}": await town.changes()}
        await crowd.do("join", ports=town.ports, sockets=sockets, channels=channel)
        rounds = [await one_post(town, crowd, client, committed) for _ in range(posts + 3)][3:]
    await listener.close()
    spans = {name: [one[name] * 1000 for one in rounds] for name in rounds[0]}
    last = spans["last"]
    return (
        f"| {sockets:,} | {percentile(last, 0.5):.0f} ms | {percentile(last, 0.99):.0f} ms | {max(last):.0f} ms "
        f"| {percentile(spans['middle'], 0.5):.0f} ms | {percentile(spans['from_commit'], 0.5):.0f} ms "
        f"| {percentile(spans['answered'], 0.5):.0f} ms |"
    )


async def one_post(
    town: Town, crowd: Told, client: httpx.AsyncClient, committed: "asyncio.Queue[float]"
) -> dict[str, float]:
    number = await town.changes() + 1
    await asyncio.sleep(0.2)  # whatever the last one left behind
    started = time.monotonic()
    answer = await client.post(f"/topics/{town.topic_id}/replies", data={"body": f"{BODY}（{number}）"})
    answered = time.monotonic()
    assert answer.status_code < 400, answer.text
    heard: dict[str, Any] = await crowd.do("hear", number=number)
    times = heard["heard"][str(number)]
    if heard["late"] or heard["wrong"] or times["sockets"] != heard["sockets"]:
        raise RuntimeError(f"not everyone heard {number}: {heard}")
    return {
        "last": times["last"] - started,
        "middle": times["p50"] - started,
        "from_commit": times["last"] - await committed.get(),
        "answered": answered - started,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, nargs="+", default=[200, 1000, 5000, 10_000])
    parser.add_argument("--posts", type=int, default=100)
    options = parser.parse_args()
    asyncio.run(main(options.sockets, options.posts))
