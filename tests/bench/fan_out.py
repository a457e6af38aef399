"""What it costs to tell everyone: `python -m tests.bench.fan_out --sockets 200 2000 5000 10000`.

One server, one process that holds the sockets, and rounds that take turns: a bare loop of `transport.write`, the
hub, and uvicorn's ordinary send, each of a post of about 1.4 kB to every socket. Every round is checked on every
socket. A ratio compares the medians of rounds of the same run, so that a busy machine slows both alike.
"""

import argparse
import asyncio
import statistics
from typing import Any

from tests.bench.crowd import Told, a_crowd, told

WAYS = ("bare", "hub", "plain")
# Waiting until all is written costs no processor time, so that it may be generous.
SETTLE_PER_SOCKET = 60e-6

Rounds = dict[str, list[dict[str, Any]]]

HEAD = """\
| sockets | bare | hub | plain | hub ÷ bare | plain ÷ bare | last receipt: bare | hub: median, max | idle socket | connections |
|---|---|---|---|---|---|---|---|---|---|"""


async def bench(sockets: int, rounds: int) -> str:
    """One row of the table."""
    async with told("tests.bench.hall") as hall, a_crowd() as crowd:
        port = (await hall.do("port"))["port"]
        await crowd.do("join", ports=[port], sockets=20, channels={"topic:1": 0})  # whatever is loaded late
        await crowd.do("leave", sockets=20)
        before = hall.memory
        joined = await crowd.do("join", ports=[port], sockets=sockets, channels={"topic:1": 0})
        memory = (hall.memory - before) / sockets
        await run(hall, crowd, sockets, 3)  # to warm up
        times = await run(hall, crowd, sockets, rounds)
    cpu = {way: statistics.median(one["cpu"] for one in times[way]) / sockets * 1e6 for way in WAYS}
    last = {way: [one["last"] * 1000 for one in times[way]] for way in WAYS}
    ratio = cpu["hub"] / cpu["bare"]
    return (
        f"| {sockets:,} | {cpu['bare']:.1f} µs | {cpu['hub']:.1f} µs | {cpu['plain']:.1f} µs "
        f"| × {ratio:.2f} | × {cpu['plain'] / cpu['bare']:.2f} "
        f"| {statistics.median(last['bare']):.0f} ms "
        f"| {statistics.median(last['hub']):.0f}, {max(last['hub']):.0f} ms "
        f"| {memory / 1000:.0f} kB | {sockets / joined['seconds']:,.0f} a second |"
    )


async def run(hall: Told, crowd: Told, sockets: int, rounds: int) -> Rounds:
    """All ways in turn, each in a different place of the order every time."""
    times: Rounds = {way: [] for way in WAYS}
    for n in range(rounds):
        for way in WAYS[n % 3 :] + WAYS[: n % 3]:
            times[way].append(await one_round(hall, crowd, sockets, way))
    return times


async def one_round(hall: Told, crowd: Told, sockets: int, way: str) -> dict[str, Any]:
    settle = 0.1 + sockets * SETTLE_PER_SOCKET
    while True:
        sent = await hall.do("send", way=way, settle=settle)
        heard = await crowd.do("hear", number=sent["number"])
        times = heard["heard"][str(sent["number"])]
        if heard["late"] or heard["wrong"] or not times["sockets"] == heard["sockets"] == sockets:
            raise RuntimeError(f"{way}: not everyone heard {sent['number']}: {heard}")
        if sent["left"] == 0 and times["last"] < sent["until"]:
            return {**sent, "last": times["last"] - sent["started"]}
        settle *= 2  # a busy machine: what was measured is not all


async def main(sizes: list[int], rounds: int) -> None:
    print(HEAD)  # noqa: T201
    for sockets in sizes:
        print(await bench(sockets, rounds), flush=True)  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, nargs="+", default=[200, 2000, 5000, 10_000])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    asyncio.run(main(options.sockets, options.rounds))
