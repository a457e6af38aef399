"""Writing in a topic, as the server judges it; and what it costs."""

from dataclasses import replace

import pytest
from starlette.applications import Starlette

from forum.access import GUEST, Actor
from forum.db import Database
from forum.events import PostChanged
from forum.live import Room, Viewer
from forum.topics.actions import steering
from forum.topics.live import CHANNELS, may_write_in_topic, post_changed
from realtime.protocol import Channel
from tests.conftest import Budget
from tests.factories import a_board, a_facilitator, a_newcomer, a_post, a_staff_member, a_topic, an_account
from tests.realtime.test_hub import Shelf


async def _guest(websocket: object) -> Actor:
    return GUEST


@pytest.fixture
def room(app: Starlette) -> Room:
    return Room(app.state.live, _guest, CHANNELS, [])


async def test_those_write_who_may_reply(app: Starlette, db: Database) -> None:
    """guest, unconfirmed, suspended, newcomer, resident, facilitator of the board, staff."""
    board, internal = await a_board(db), await a_board(db, "staff")
    resident, keeper, staff = await an_account(db), await a_facilitator(db, board), await a_staff_member(db)
    people = [
        GUEST,
        replace(resident, confirmed=False),
        replace(resident, suspended=True),
        await a_newcomer(db),
        resident,
        keeper,
        staff,
    ]
    topics = {
        "open": await a_topic(db, board=board),
        "locked": await a_topic(db, board=board),
        "held": await a_topic(db, await a_newcomer(db), board=board),
        "staff": await a_topic(db, staff, board=internal),
    }
    await steering.lock(db, keeper, topics["locked"].topic_id)
    table = {
        name: "".join(
            [
                "+" if await may_write_in_topic(app.state.live, person, str(topic.topic_id)) else "-"
                for person in people
            ]
        )
        for name, topic in topics.items()
    }
    assert table == {"open": "---++++", "locked": "-----+-", "held": "-------", "staff": "------+"}


async def test_going_on_writing_asks_the_database_nothing(
    app: Starlette, db: Database, room: Room, queries: Budget
) -> None:
    resident, topic = await an_account(db), await a_topic(db)
    viewer, channel = Viewer(resident, "ja"), f"topic:{topic.topic_id}"
    hub, attendance = app.state.live.hub, app.state.live.attendance
    listener = hub.join(viewer.owner, viewer.variant, Shelf(), viewer.shown_name)
    hub.subscribe(listener, channel)
    async with queries(1):
        for _ in range(20):
            await room.writes(viewer, listener, channel)
            attendance.look()
    assert attendance.is_writing(listener, channel)


async def test_whose_words_are_there_is_no_longer_writing(app: Starlette, db: Database, room: Room) -> None:
    resident, topic = await an_account(db), await a_topic(db)
    viewer, channel = Viewer(resident, "ja"), f"topic:{topic.topic_id}"
    listener = app.state.live.hub.join(viewer.owner, viewer.variant, Shelf(), viewer.shown_name)
    app.state.live.hub.subscribe(listener, channel)
    await room.writes(viewer, listener, channel)
    post = await a_post(db, resident, topic=topic)
    await post_changed(app.state.live, PostChanged(topic.topic_id, post.id, post.change))
    assert not app.state.live.attendance.is_writing(listener, channel)


@pytest.mark.parametrize("channel", ["topic:0", "board:x", "nothing", "topic:7"])
async def test_a_guest_or_whoever_does_not_hear_the_channel_asks_nothing(
    app: Starlette, db: Database, room: Room, queries: Budget, channel: Channel
) -> None:
    resident = await an_account(db)
    async with queries(0):
        for viewer in (Viewer(GUEST, "ja"), Viewer(resident, "ja")):
            listener = app.state.live.hub.join(viewer.owner, "ja", Shelf())
            if viewer.owner is None:
                app.state.live.hub.subscribe(listener, channel)
            if viewer.owner is not None or channel.startswith("topic"):
                await room.writes(viewer, listener, channel)
            assert not app.state.live.attendance.is_writing(listener, channel)
