"""What is attempted again and again ends when it is told to."""

import asyncio
from contextlib import suppress

import pytest

from realtime.broker.receiving import Patience, persist
from tests.realtime.room import PATIENCE_SECONDS


async def test_a_stop_that_comes_together_with_a_failure_is_a_stop() -> None:
    begun, failing = asyncio.Event(), asyncio.Event()

    async def fail() -> None:
        await failing.wait()
        raise ConnectionError

    async def attempt(patience: Patience) -> None:
        begun.set()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fail())
            await asyncio.Event().wait()

    persisting = asyncio.create_task(persist("a test", attempt))
    await begun.wait()
    failing.set()
    for _ in range(2):  # the child has failed, and whoever waits for it does not know yet
        await asyncio.sleep(0)
    persisting.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await persisting


async def test_a_stop_that_a_library_kept_to_itself_ends_it_too() -> None:
    begun = asyncio.Event()

    async def attempt(patience: Patience) -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    persisting = asyncio.create_task(persist("a test", attempt))
    await begun.wait()
    persisting.cancel()
    done, _ = await asyncio.wait({persisting}, timeout=PATIENCE_SECONDS)
    assert done
    assert persisting.cancelled()
