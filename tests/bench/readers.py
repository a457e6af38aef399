"""A topic of 20 posts, read by a guest and by somebody logged in, against a bare Starlette route that returns the same
bytes: `python -m tests.bench.readers`.

Connections that stay open read in turn, in one run; a request costs what the processor of the server's process spent on it.
A busy machine makes even that more, as others empty its caches: the least of all rounds is what a quiet one would spend.
"""

import asyncio
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.posts.rules import Draft
from forum.topics.actions import discussing
from tests.bench.town import BODY, Town, a_town, cpu
from tests.factories import an_account
from tests.server import Server, free_port, ready, started, stopped

ROUNDS, READS = 24, 250


class Reader:
    """A browser that keeps its connection, without a browser's cost."""

    def __init__(self, name: str, server: Server, path: str, headers: dict[str, str]) -> None:
        self.name, self.server = name, server
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: 127.0.0.1",
            *(f"{key}: {value}" for key, value in headers.items()),
        ]
        self.request = "\r\n".join([*lines, "", ""]).encode()
        self.spent: list[float] = []

    async def read(self, times: int) -> None:
        url = httpx.URL(self.server.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        before = cpu(self.server.process.pid)
        for _ in range(times):
            writer.write(self.request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
        self.spent.append((cpu(self.server.process.pid) - before) / times * 1000)
        writer.close()


async def main() -> None:
    async with a_town(1) as town:
        for n in range(19):
            words = Draft(body=f"{BODY}（{n}）")
            await discussing.reply(town.db, await an_account(town.db), town.topic_id, words)
        path, server = f"/topics/{town.topic_id}", town.servers[0]
        async with httpx.AsyncClient() as client:
            page = await client.get(server.url + path, headers={"Accept-Encoding": "identity"})
        with TemporaryDirectory() as folder:
            (Path(folder) / "page.html").write_bytes(page.content)
            bare = await started(Path(folder), free_port(), "tests.bench.bare")
            try:
                await ready(bare.process, bare.url, bare.log)
                cookies = {"Cookie": f"session={await _session(town)}; scripts=1"}
                await compare(
                    Reader("bare", bare, path, {}),
                    Reader("guest", server, path, {}),
                    Reader("logged in", server, path, cookies),
                    Reader("logged in, compressed", server, path, {**cookies, "Accept-Encoding": "gzip"}),
                )
            finally:
                await stopped(bare.process)
        print(f"{len(page.content):,} bytes of HTML")  # noqa: T201


async def compare(bare: Reader, *others: Reader) -> None:
    for n in range(1 + ROUNDS):
        for reader in (bare, *others):
            await reader.read(READS)
            if n == 0:
                reader.spent.clear()  # it warmed up
    for reader in (bare, *others):
        quiet, usual = min(reader.spent), median(reader.spent)
        print(  # noqa: T201
            f"{reader.name}: {quiet:.3f} ms of the processor a page at least, x {min(bare.spent) / quiet:.2f};"
            f" {usual:.3f} in the middle, x {median(bare.spent) / usual:.2f}"
        )


async def _session(town: Town) -> str:
    account = await account_queries.account(town.db, (await an_account(town.db)).id or 0)
    assert account is not None
    return await accounts.open_session(town.db, account)


if __name__ == "__main__":
    asyncio.run(main())
