"""Saying an answer of the city in easy words."""

from forum.access import Actor, require
from forum.db import Database
from forum.events import PostChanged, publish
from forum.posts.queries import posts
from forum.topics import queries
from forum.topics.actions.locking import post_for
from forum.wordings import actions as wordings
from forum.wordings.rules import About, NewWording, Source, can_reword


async def say_easily(db: Database, actor: Actor, post_id: int, new: NewWording) -> None:
    """A change of the post like any other: open pages show it at once. Its words stay what they are."""
    require(can_reword(actor))
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        await wordings.reword(db, actor, Source(About.ANSWER, post.id, "", "", post.shown), new)
        change = await queries.next_change(db, topic.id)
        await posts.set_change(db, post.id, change)
        await publish(db, PostChanged(topic.id, post.id, change))
