"""`forum serve` on a machine whose clock jumps, and which tells what it holds: `python -m tests.chaos.launch`.

The machine's clock is replaced where forum/clock.py reads it: it is ahead by as many seconds as the file `clock` in
VAR_DIR says. SIGUSR1 makes the process write its census to `census.json` there.
"""

import asyncio
import gc
import json
import os
import signal
from collections import Counter
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from forum import clock
from forum.commands.serve import serve
from forum.settings import Settings
from realtime.hub import Hub

settings = Settings()
AHEAD = settings.var_dir / "clock"
CENSUS = settings.var_dir / "census.json"


class MachineClock:
    @staticmethod
    def now(zone: tzinfo) -> datetime:
        return datetime.now(zone) + timedelta(seconds=float(AHEAD.read_text()))


def take_census(number: int, frame: object) -> None:
    """What the process holds, in numbers: open sockets of readers, tasks by kind, open files, memory."""
    gc.collect()
    tasks = Counter(getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks())
    hubs = [one for one in gc.get_objects() if isinstance(one, Hub)]
    census = {
        "sockets": sum(hub.sockets for hub in hubs),
        "channels": sum(hub.channels for hub in hubs),
        "tasks": dict(tasks),
        "files": len(os.listdir("/proc/self/fd")),
        "memory": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
    }
    unfinished = CENSUS.with_suffix(".part")
    unfinished.write_text(json.dumps(census))
    unfinished.rename(CENSUS)


if __name__ == "__main__":
    AHEAD.touch()
    AHEAD.write_text(AHEAD.read_text() or "0")
    clock.datetime = MachineClock
    signal.signal(signal.SIGUSR1, take_census)
    serve(settings)
