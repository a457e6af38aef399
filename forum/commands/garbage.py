"""How often a command looks for what nobody holds any more."""

import atexit
import gc

# Python's 700 looks hundreds of times through what a start loads, all of which stays.
ALLOCATIONS = 20_000


def look_seldom() -> None:
    """Looks every so many allocations, and no more at the end, when all of it goes: a quarter of every start."""
    gc.set_threshold(ALLOCATIONS, 10, 10)
    atexit.register(gc.freeze)
