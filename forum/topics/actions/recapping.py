"""Summing up a discussion."""

from forum.access import Actor, require
from forum.db import Database
from forum.events import TopicChanged, publish
from forum.posts.queries.posts import mark_recap
from forum.posts.rules import Draft
from forum.topics import queries as topics
from forum.topics.actions import discussing
from forum.topics.actions.locking import topic_for
from forum.topics.recapping import Recap, can_recap


async def sum_up(db: Database, actor: Actor, topic_id: int, recap: Recap) -> int:
    """A reply like any other, which stands at the head of the topic from now on, once, however often the button is pressed; the
    post's id."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        require(can_recap(actor, topic))
        post_id = await discussing.reply(db, actor, topic.id, Draft(body=recap.body), once=True)
        await mark_recap(db, post_id)
        await publish(db, TopicChanged(topic.id, await topics.next_head(db, topic.id)))
    return post_id
