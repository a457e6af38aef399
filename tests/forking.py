"""`--processes N`: the tests run in N processes, forked when everything is imported and collected.

A process takes one file after another, in the order in which they were collected, and tells the first process what comes
of each test, which reports it as if it had run it. Each has session fixtures of its own; what the first one made before,
all share.
"""

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from traceback import format_exc
from typing import cast

import pytest
from _pytest.config import create_terminal_writer

Files = list[list[pytest.Item]]
# How long a process may take to put things away when it has run its tests, or was interrupted.
ENDING_SECONDS = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--processes", type=int, default=1, help="run the tests in so many processes")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("processes") > 1 and not config.option.collectonly:
        config.pluginmanager.register(Processes())


@dataclass(slots=True)
class Process:
    pid: int
    told: Connection
    # The test that it runs; None when it has run them all.
    test: str | None = "its first test"
    # What ended it before.
    error: str = ""


class Processes:
    """Runs the tests in place of pytest's own loop."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            raise session.Interrupted(f"{session.testsfailed} errors during collection")
        # Made here, the folder of temporary files is the same for all.
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # pytest sets it on the config
        files: dict[Path, list[pytest.Item]] = {}
        for test in session.items:
            files.setdefault(test.path, []).append(test)
        taken = multiprocessing.Value("i", 0)
        processes: list[Process] = []
        for _ in range(session.config.getoption("processes")):
            processes.append(fork(session, [*files.values()], taken, processes))
        try:
            listen(session, processes)
        finally:
            for process in processes:
                # Those that are still there have no more to do, or are no longer needed.
                os.kill(process.pid, signal.SIGINT)
                os.waitpid(process.pid, 0)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        if died := [process for process in processes if process.test is not None]:
            where = "; ".join(f"a process died in {process.test} {process.error}" for process in died)
            raise session.Interrupted(where)
        return True


def listen(session: pytest.Session, processes: list[Process]) -> None:
    """Reports what the processes tell, until all have ended or a failure is enough."""
    hook, talking = session.config.hook, {process.told: process for process in processes}
    while talking and not session.shouldfail and not session.shouldstop:
        for told in cast("list[Connection]", wait(list(talking))):
            process = talking[told]
            try:
                kind, values = told.recv()
            except EOFError:
                del talking[told]
                continue
            if kind == "test":
                process.test = values
            elif kind == "error":
                process.error = values
            elif kind == "report":
                report = hook.pytest_report_from_serializable(config=session.config, data=values)
                hook.pytest_runtest_logreport(report=report)
            else:
                hook.pytest_warning_recorded.call_historic(kwargs=values)


def fork(session: pytest.Session, files: Files, taken: "Synchronized[int]", others: list[Process]) -> Process:
    told, tell = Pipe(duplex=False)
    sys.stdout.flush()
    sys.stderr.flush()
    # What interrupts it before it has begun waits until it can end.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        tell.close()
        return Process(pid, told)
    # Only the first process listens: when it is gone, telling fails, and the others end.
    for listening in (told, *(other.told for other in others)):
        listening.close()
    try:
        run(session, files, taken, tell)
    except Exception:
        tell.send(("error", format_exc()))
    finally:
        # Without what the first process will do at its own end.
        os._exit(0)


def run(session: pytest.Session, files: Files, taken: "Synchronized[int]", tell: Connection) -> None:
    """What a forked process does. It prints nothing, and captures in files of its own."""
    # By this the first process ends it; what a shell started in the background ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    plugins = session.config.pluginmanager
    terminal, capturing = plugins.get_plugin("terminalreporter"), plugins.get_plugin("capturemanager")
    assert terminal
    assert capturing
    terminal._tw = create_terminal_writer(session.config, StringIO())
    capturing.stop_global_capturing()
    capturing.start_global_capturing()
    plugins.register(Teller(session.config, tell))
    tests = ours(files, taken)
    try:
        test = next(tests, None)
        while test is not None:
            following = next(tests, None)
            test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            test = following
        tell.send(("test", None))
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # A fixture that was interrupted while it asked the database may wait for ever for the answer.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(ENDING_SECONDS)
        session._setupstate.teardown_exact(None)


def ours(files: Files, taken: "Synchronized[int]") -> Iterator[pytest.Item]:
    """The tests of the files that no other process has taken."""
    while True:
        with taken.get_lock():
            number = taken.value
            taken.value += 1
        if number >= len(files):
            return
        yield from files[number]


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the first process what comes of each test."""

    config: pytest.Config
    tell: Connection

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.tell.send(("test", nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        self.tell.send(("report", data))

    def pytest_warning_recorded(
        self,
        warning_message: warnings.WarningMessage,
        when: str,
        nodeid: str,
        location: tuple[str, int, str] | None,
    ) -> None:
        values = {"warning_message": warning_message, "when": when, "nodeid": nodeid, "location": location}
        self.tell.send(("warning", values))
