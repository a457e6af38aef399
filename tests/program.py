"""A program of ours in a process that has it loaded already: its start took two seconds of a core, nearly all of them imports."""

import asyncio
import os
import runpy
import signal
import sys
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from forum.settings import ROOT

_context = get_context("forkserver")
_context.set_forkserver_preload(["forum.commands.serve", "tests.program"])


class Program:
    """As asyncio has a process that it started."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    async def wait(self) -> int:
        while self.returncode is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def forked(command: list[str], environment: dict[str, str], log: Path) -> Program:
    """`python -m command` with this environment, in a group of its own, which says everything to the log."""
    process = _context.Process(target=_run, args=(command, environment, log))
    await asyncio.to_thread(process.start)
    return Program(process)


def _run(command: list[str], environment: dict[str, str], log: Path) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    sys.argv = command
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
