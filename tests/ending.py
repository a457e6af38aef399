"""A test that waits for ever fails in its time, and leaves what it shares with the next ones as it found it.

The alarm of pytest-timeout raises wherever the process is by then. The event loop logs that and waits on; or it is in the
middle of what a connection says, which all the tests of the process use.
"""

import asyncio
import functools
import inspect
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

# How much of the time that is left a test may take before it is asked to end.
SHARE = 0.9


def pytest_itemcollected(item: pytest.Item) -> None:
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        item.obj = in_time(item.obj)


def in_time(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """It is cancelled where it waits, before the alarm."""

    @functools.wraps(test)
    async def within(*arguments: Any, **named: Any) -> None:
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        async with asyncio.timeout(SHARE * left or None):
            await test(*arguments, **named)

    return within
