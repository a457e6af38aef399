"""A proposed theme becomes a topic."""

from forum import clock
from forum.db import Database
from forum.events import TopicChanged, publish
from forum.posts.queries import posts
from forum.topics.actions.telling import about_post
from forum.topics.queries import proposals
from forum.topics.rules import Topic


async def open_proposed(db: Database, topic: Topic) -> None:
    """The locked topic appears on its board, as if its author had started it now."""
    opening = await posts.opening(db, topic.id)
    assert opening is not None
    change = await proposals.open_proposed(db, topic.id, clock.now())
    await publish(db, TopicChanged(topic.id, change))
    await about_post(db, opening.id)
