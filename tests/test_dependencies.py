"""What serves the room is in the lock file of those who only serve it, for on a bare machine there is nothing else; and what
few processes need is loaded by those few."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

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

# Serves for a moment and tells which modules of ours it did without.
SERVING = """
import asyncio, os, pkgutil, sys
from pathlib import Path
import forum.commands.serve, moderation, realtime
from forum.app import create_app
from forum.db import database
from forum.settings import Settings

async def serve(url, folder):
    app = create_app(Settings(var_dir=Path(folder), worker=False), database(url), url)
    async with app.router.lifespan_context(app):
        pass

asyncio.run(serve(*sys.argv[1:]))
for package in (forum, moderation, realtime):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name not in sys.modules:
            print(module.name)
os._exit(0)
"""
# Of commands, of those who have Redis, and of jobs, which are tried again.
NOT_FOR_PAGES = re.compile(
    r"__main__$|\.commands\b|\.(proofs|recount)$|^forum\.replying\.|^realtime\.broker\.re|^moderation\.maps\.(charting|maths)"
)


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


def test_a_server_has_loaded_all_of_itself_that_a_page_may_need(migrated_url: str, tmp_path: Path) -> None:
    """Another release may lie on the disk by the time somebody asks for the first Word file."""
    run = subprocess.run(
        [sys.executable, "-c", SERVING, migrated_url, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [name for name in run.stdout.split() if not NOT_FOR_PAGES.search(name)] == []


def _plain(name: str) -> str:
    """As package indexes compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()
