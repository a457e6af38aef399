"""Events between processes of two releases, while one takes the place of the other."""

import json
from typing import Any, cast

import asyncpg
import pytest

from forum.db import connected
from forum.events import KINDS, Event, PostChanged, decode, encode
from forum.live import Live, Room

CHANGED = PostChanged(topic_id=1, post_id=2, change=3)


def test_what_a_newer_release_adds_to_an_event_is_left_out() -> None:
    assert decode(json.dumps(json.loads(encode(CHANGED)) | {"board_id": 4})) == CHANGED


async def test_a_kind_that_only_a_newer_release_knows_passes_by() -> None:
    """Nothing is raised, or the broker would take it for a loss and every reader would catch up."""
    heard: list[Event] = []

    async def hear(live: Live, event: Event) -> None:
        heard.append(event)

    async def nobody(connection: Any) -> Any: ...

    room = Room(cast(Live, None), nobody, {}, [{kind: [hear] for kind in KINDS.values()}])
    await room.on_message(json.dumps({"kind": "WeatherChanged", "sky": "clear"}))
    await room.on_message(encode(CHANGED))
    assert heard == [CHANGED]


async def test_a_database_that_is_away_is_no_mistake_of_ours() -> None:
    """The broker tells of a lost connection in a line, and of anything else with a traceback."""

    async def hear(live: Live, event: Event) -> None:
        async with connected("postgresql:///room?host=/nonexistent") as db:
            await db.value("select 1")

    async def ends(live: Live, event: Event) -> None:
        raise asyncpg.AdminShutdownError("terminating connection due to administrator command")

    async def nobody(connection: Any) -> Any: ...

    for handler in (hear, ends):
        room = Room(cast(Live, None), nobody, {}, [{PostChanged: [handler]}])
        with pytest.raises(ConnectionError):
            await room.on_message(encode(CHANGED))


@pytest.mark.parametrize("broken", ["", "[]", "{}", json.dumps({"kind": "PostChanged"})])
def test_what_is_no_event_is_an_error(broken: str) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        decode(broken)
