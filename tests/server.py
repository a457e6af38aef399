"""The program itself, in a process of its own."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from forum.settings import ROOT
from tests.program import Program, forked

# What a start and an end take at most on a busy machine: one that loads the program and makes a database took half a minute.
START_SECONDS = 100
STOP_SECONDS = 30
# Bound, and listening to nobody.
KEPT_PORTS: list[socket.socket] = []


@dataclass(frozen=True, slots=True)
class Server:
    """A running `forum serve`: where it answers, its process, and the file it logs to."""

    url: str
    process: asyncio.subprocess.Process | Program
    log: Path


@asynccontextmanager
async def serving(var_dir: Path, *, afresh: bool = False, **settings: str) -> AsyncIterator[Server]:
    """Serves for the length of the block; `settings` as in the environment (DATABASE_URL=…), on a free port if
    they name none."""
    port = int(settings.pop("PORT", None) or free_port())
    server = await started(var_dir, port, afresh=afresh, **settings)
    try:
        await ready(server.process, server.url, server.log)
        yield server
    finally:
        await stopped(server.process)


async def started(var_dir: Path, port: int, *command: str, afresh: bool = False, **settings: str) -> Server:
    """The program, or another `python -m` that serves likewise, not yet ready. `afresh` loads it as a town does."""
    log, names = var_dir / "server.log", ("PATH", "HOME", "XDG_RUNTIME_DIR")
    environment = {name: os.environ[name] for name in names if name in os.environ}
    environment |= {"PORT": str(port), "VAR_DIR": str(var_dir), **settings}
    command = command or ("forum", "serve")
    if not afresh:
        return Server(f"http://127.0.0.1:{port}", await forked([*command], environment, log), log)
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,  # its own group: a test may press Ctrl-C there and not here
        )
    return Server(f"http://127.0.0.1:{port}", process, log)


async def stopped(process: asyncio.subprocess.Process | Program) -> int:
    """Asks the process to end, unless it has; its exit code."""
    if process.returncode is None:
        process.terminate()
    return await asyncio.wait_for(process.wait(), STOP_SECONDS)


def free_port() -> int:
    """A port that stays ours until this process ends: the system gives it to nobody who asks for any, and whoever listens on it
    may ask for it by its number again and again."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    KEPT_PORTS.append(kept)
    port: int = kept.getsockname()[1]
    return port


async def ready(process: asyncio.subprocess.Process | Program, url: str, log: Path) -> None:
    """Waits until the server can serve."""
    async with asyncio.timeout(START_SECONDS), httpx.AsyncClient() as client:
        while process.returncode is None:
            try:
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass  # not listening yet
            await asyncio.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def worked(server: Server) -> float:
    """Seconds of the processor that the event loop of the process has had."""
    nanoseconds = Path(f"/proc/{server.process.pid}/schedstat").read_text().split()[0]
    return int(nanoseconds) / 1e9


def memory(server: Server) -> int:
    """Bytes that the process holds in memory."""
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def connections(server: Server) -> list[str]:
    """TCP connections that visitors have with the process, those included that they left and it did not end: the state
    of each, and the bytes that wait to be sent and to be read."""
    port, held = f":{urlsplit(server.url).port:04X}", {"01": "established", "08": "left by its visitor"}
    lines = Path(f"/proc/{server.process.pid}/net/tcp").read_text().splitlines()[1:]
    return [
        f"{held[state]}, from {visitor}, to be sent and read: {waiting}"
        for _, local, visitor, state, waiting, *_ in map(str.split, lines)
        if local.endswith(port) and state in held
    ]


def open_files(server: Server) -> int:
    """Sockets, pipes and files that the process has open."""
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))
