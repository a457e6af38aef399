"""Changing the head of a topic: one place, so that every change is numbered and told."""

from dataclasses import replace

from forum.db import Database
from forum.events import TopicChanged, publish
from forum.posts.rules import Post, State
from forum.topics import queries
from forum.topics.queries import transfers
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


async def follow_opening(db: Database, topic: Topic, post: Post, state: State) -> None:
    """A topic's state is that of the post that opened it, wherever it stands now: held topics are unlisted, hidden ones
    lose their title. What tells of transfers to or from it names it by its title."""
    opened = [topic] if post.number == 1 else []
    for topic_id in await transfers.opened_by(db, post.id):
        merged = await queries.locked(db, topic_id)
        opened += [merged] if merged else []
    for one in opened:
        if await change_head(db, one, replace(one, state=state.value)):
            head = await queries.head(db, one.id)
            for other in head.transfers if head else []:
                await publish(db, TopicChanged(other.topic_id, await queries.next_head(db, other.topic_id)))
