"""What a post meets with: reactions, and answers. Its readers see how many there are."""

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.events import ResponsesChanged, publish
from forum.posts.queries import posts, reactions
from forum.posts.reacting import Press, can_react, pressed
from forum.topics import queries
from forum.topics.actions.locking import post_for


async def react(db: Database, actor: Actor, post_id: int, press: Press) -> bool:
    """A button under a post was pressed. Whether anything changed."""
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        require(can_react(actor, post, press.kind))
        assert actor.id is not None
        own = await reactions.of_person(db, post.id, actor.id)
        wanted = pressed(own, press)
        if wanted == own:
            return False
        await reactions.take_back(db, post.id, actor.id, own - wanted)
        await reactions.add(db, post.id, actor.id, wanted - own, clock.now())
        await _tell(db, topic.id, post.id, await queries.next_change(db, topic.id))
    return True


async def count_answer(db: Database, post_id: int) -> None:
    """The post is an answer, if it is one, that more or fewer people may read than before."""
    if answered := await queries.next_change_of_answered(db, post_id):
        await _tell(db, *answered)


async def _tell(db: Database, topic_id: int, post_id: int, change: int) -> None:
    """A change of the post like any other, so that nobody misses it; what is told is only the line that changed."""
    await posts.set_change(db, post_id, change)
    await publish(db, ResponsesChanged(topic_id, post_id, change))
