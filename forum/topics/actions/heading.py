"""Changing the head of a topic: one place, so that every change is numbered and told."""

from dataclasses import replace

from forum.db import Database
from forum.events import TopicChanged, publish
from forum.posts.rules import State
from forum.topics import queries
from forum.topics.rules import Topic


async def change_head(db: Database, topic: Topic, changed: Topic) -> bool:
    """Gives the locked topic the state, lock, pin, pace, board and polls of `changed`. Whether anything changed."""
    if changed == topic:
        return False
    change = await queries.set_head(
        db,
        topic.id,
        state=changed.state,
        locked=changed.locked,
        pinned=changed.pinned,
        board_id=changed.board_id,
        slow_minutes=changed.slow_minutes,
        slow_until=changed.slow_until,
        polls_hidden=changed.polls_hidden,
    )
    await publish(db, TopicChanged(topic.id, change))
    return True


async def follow_opening(db: Database, topic: Topic, state: State) -> None:
    """The topic's state is that of its opening post: held topics are unlisted, hidden ones lose their title."""
    await change_head(db, topic, replace(topic, state=state.value))
