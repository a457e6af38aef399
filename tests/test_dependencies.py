"""What serves the room is in the lock file of those who only serve it, for on a bare machine there is nothing else; and what
few processes need is loaded by those few."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from forum.settings import ROOT

# Loaded by the function that needs them: each is a good part of a start, and most processes never do.
LOADED_LATER = {"alembic", "docx", "numpy", "redis", "scipy", "sklearn", "sudachipy", "webpush", "xlsxwriter"}

# Starts as the server does and tells what that loaded, then loads every module of ours: where those named on the command line
# cannot be found.
PROGRAM = """
import gc, importlib, importlib.abc, os, pkgutil, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

gc.disable()
absent = set(sys.argv[1:])
sys.meta_path.insert(0, Absent())
import forum.app, forum.commands.serve
print(*{name.partition(".")[0] for name in sys.modules}, flush=True)
for root in ("forum", "moderation", "realtime"):
    package = importlib.import_module(root)
    for module in pkgutil.walk_packages(package.__path__, root + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
os._exit(0)
"""


@pytest.fixture(scope="module")
def start() -> "subprocess.CompletedProcess[str]":
    lock = (ROOT / "requirements.lock").read_text()
    locked = {_plain(name) for name in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", lock, re.M)}
    sources = packages_distributions()
    absent = [module for module, given in sources.items() if not {_plain(name) for name in given} & locked]
    assert {"pytest", "playwright"} <= {*absent}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *absent], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_program_loads_with_nothing_but_what_is_locked_for_serving(
    start: "subprocess.CompletedProcess[str]",
) -> None:
    assert start.returncode == 0, start.stderr[-500:]


def test_a_start_loads_no_library_that_few_processes_need(
    start: "subprocess.CompletedProcess[str]",
) -> None:
    loaded = {*start.stdout.split()}
    assert {"forum", "uvicorn"} <= loaded
    assert LOADED_LATER & loaded == set()


def _plain(name: str) -> str:
    """As package indexes compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()
