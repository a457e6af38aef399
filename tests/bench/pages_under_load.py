"""Reading pages while thousands listen: `python -m tests.bench.pages_under_load --sockets 5000 --posts 10`.

Two `forum serve` processes share the sockets of one topic, in which people post so many times a second. Meanwhile
pages are read at a steady pace; how long they take is compared with the same pages, at the same pace, before.
The crowd reads its sockets once a second: it is there to be written to, and takes what a page would take elsewhere.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import httpx

from tests.bench.crowd import a_crowd
from tests.bench.sockets import percentile
from tests.bench.town import BODY, Town, a_town, cpu
from tests.factories import a_post, a_topic
from tests.sockets import browsing

PROCESSES = 2
PAGES_A_SECOND = 20.0
SWEEP_SECONDS = 1.0


async def main(sockets: int, posts: float, seconds: float) -> None:
    async with a_town(PROCESSES) as town, a_crowd() as crowd:
        quiet = await a_topic(town.db, town.writer, body=BODY)
        for _ in range(19):
            await a_post(town.db, town.writer, topic=quiet, body=BODY)
        addresses = ["/", f"/topics/{quiet.topic_id}", f"/topics/{town.topic_id}?page=last"]
        await read_pages(town, addresses, 3)  # to warm up
        idle = await read_pages(town, addresses, seconds)
        print(f"idle:       {spread(idle)}", flush=True)  # noqa: T201

        channels = {f"topic:{town.topic_id}": await town.changes()}
        await crowd.do("join", ports=town.ports, sockets=sockets, channels=channels)
        await crowd.do("read", every=SWEEP_SECONDS)
        waiting = await read_pages(town, addresses, seconds / 2)
        print(f"connected:  {spread(waiting)}", flush=True)  # noqa: T201

        spent = [cpu(server.process.pid) for server in town.servers]
        before, started, own = await crowd.do("report"), time.monotonic(), time.process_time()
        loaded, posted = await asyncio.gather(
            read_pages(town, addresses, seconds), write_posts(town, posts, seconds)
        )
        took = time.monotonic() - started
        after = await crowd.do("report")
        print(f"under load: {spread(loaded)}")  # noqa: T201

        heard = await crowd.do("hear", number=await town.changes())
        if heard["late"] or heard["wrong"] or heard["sockets"] != sockets:
            raise RuntimeError(f"not everyone heard everything: {heard}")
        servers = [cpu(server.process.pid) - was for server, was in zip(town.servers, spent, strict=True)]
        ratio = percentile(loaded, 0.99) / percentile(idle, 0.99)
        print(  # noqa: T201
            f"p99 x {ratio:.2f}; {posted / took:.1f} posts a second to {sockets:,} sockets, all complete\n"
            f"processor: servers {', '.join(f'{one / took:.0%}' for one in servers)}, "
            f"crowd {(after['cpu'] - before['cpu']) / took:.0%}, "
            f"this script {(time.process_time() - own) / took:.0%}"
        )


async def read_pages(town: Town, addresses: list[str], seconds: float) -> list[float]:
    """Seconds that each page took, from when it was due: a page held up holds up nobody else's clock."""
    times = list[float]()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(browsing(server.url)) for server in town.servers]

        async def read(n: int, due: float) -> None:
            answer = await clients[n % PROCESSES].get(addresses[n // PROCESSES % len(addresses)])
            times.append(time.monotonic() - due)
            answer.raise_for_status()

        await at_pace(PAGES_A_SECOND, seconds, read)
    return times


async def write_posts(town: Town, posts: float, seconds: float) -> int:
    """Replies at a steady pace, to the servers in turn; how many there were."""
    async with town.writing(0) as one, town.writing(1) as other:
        clients: list[httpx.AsyncClient] = [one, other]

        async def write(n: int, due: float) -> None:
            answer = await clients[n % 2].post(
                f"/topics/{town.topic_id}/replies", data={"body": f"{BODY}（{n}）"}
            )
            assert answer.status_code < 400, answer.text

        return await at_pace(posts, seconds, write)


async def at_pace(pace: float, seconds: float, act: Callable[[int, float], Awaitable[None]]) -> int:
    """Acts so many times a second, whether or not the acts before are done."""
    start, total = time.monotonic(), round(pace * seconds)
    async with asyncio.TaskGroup() as acts:
        for n in range(total):
            due = start + n / pace
            await asyncio.sleep(due - time.monotonic())
            acts.create_task(act(n, due))
    return total


def spread(times: list[float]) -> str:
    """The usual three numbers."""
    p50, p99, most = percentile(times, 0.5), percentile(times, 0.99), max(times)
    return f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, max {most * 1000:.1f} ms of {len(times)} pages"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=5_000)
    parser.add_argument("--posts", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    asyncio.run(main(options.sockets, options.posts, options.seconds))
