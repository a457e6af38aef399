"""A test that waits for ever: only that one fails."""

import asyncio
import signal

import pytest

from forum.db import Database
from tests import ending
from tests.conftest import undone
from tests.factories import an_account


async def test_what_it_did_is_undone_and_the_connection_serves_the_next(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waits_for_the_database() -> None:
        await db.value("select pg_sleep(1000)")

    async def waits_in_a_transaction() -> None:
        async with db.transaction():
            await an_account(db)
            await asyncio.Event().wait()

    left, _ = signal.getitimer(signal.ITIMER_REAL)
    assert left, "this run has no limit"
    monkeypatch.setattr(ending, "SHARE", 0.5 / left)
    for waits in (waits_for_the_database, waits_in_a_transaction):
        with pytest.raises(TimeoutError):
            async with undone(db):
                await ending.in_time(waits)()
        assert await db.value("select count(*) from accounts") == 0
