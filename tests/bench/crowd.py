"""The processes that a benchmark starts and ends: a crowd of sockets, and any other that speaks JSON lines."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from forum.settings import ROOT

END_SECONDS = 10


class Told:
    """A process that does what it is told, one JSON object per line, and answers each with one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._turn = asyncio.Lock()

    async def do(self, deed: str, **details: Any) -> dict[str, Any]:
        """Its answer, which is read even when nobody waits for it any more: the next one is another deed's."""
        return await asyncio.shield(asyncio.create_task(self._do(deed, details)))

    async def _do(self, deed: str, details: dict[str, Any]) -> dict[str, Any]:
        async with self._turn:
            return await self._asked(deed, details)

    async def _asked(self, deed: str, details: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": deed} | details).encode() + b"\n")
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{deed}: the process ended with {await self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    @property
    def memory(self) -> int:
        return memory(self.process.pid)


@asynccontextmanager
async def told(module: str) -> AsyncIterator[Told]:
    """`python -m module`, ended with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=100_000_000,
    )
    try:
        yield Told(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def a_crowd() -> AbstractAsyncContextManager[Told]:
    """A process that holds sockets (tests/bench/sockets.py)."""
    return told("tests.bench.sockets")


def memory(pid: int) -> int:
    """Bytes that a process holds in memory."""
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
