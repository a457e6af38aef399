"""What serves the room is in the lock file of those who only serve it: on a bare machine there is nothing else."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

from forum.settings import ROOT

# Loads every module of ours where those named on the command line cannot be found.
PROGRAM = """
import importlib, importlib.abc, pkgutil, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

absent = set(sys.argv[1:])
sys.meta_path.insert(0, Absent())
for root in ("forum", "moderation", "realtime"):
    package = importlib.import_module(root)
    for module in pkgutil.walk_packages(package.__path__, root + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""


def test_the_program_loads_with_nothing_but_what_is_locked_for_serving() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = {_plain(name) for name in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", lock, re.M)}
    sources = packages_distributions()
    absent = [module for module, given in sources.items() if not {_plain(name) for name in given} & locked]
    assert {"pytest", "playwright"} <= {*absent}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *absent], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]


def _plain(name: str) -> str:
    """As package indexes compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()
