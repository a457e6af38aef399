"""Acts on a topic, on record with their reason at its opening post."""

from dataclasses import replace

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict
from forum.i18n import _
from forum.notifications.actions import tell
from forum.posts.queries import posts
from forum.topics.actions.heading import change_head
from forum.topics.actions.locking import topic_for
from forum.topics.rules import Topic, can_steer, is_slow
from moderation.reviews.actions.deciding import record
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping, keeping_acts, role_in
from moderation.reviews.rules import Verdict


async def keep(db: Database, actor: Actor, topic_id: int, wish: Keeping) -> int:
    """Changes the topic, the log and what its author knows, together; the id of the line."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        require(can_steer(actor, topic))
        if wish.act not in keeping_acts(locked=topic.locked, slow=is_slow(topic, clock.now())):
            raise Conflict(_("この話題の状態はもう変わっています。いまの状態を確かめてください。"))
        await change_head(db, topic, _changed(topic, wish))
        opening = await posts.opening(db, topic.id)
        assert opening is not None
        role = role_in(actor, topic.board_id)
        verdict = Verdict(act=wish.act, reason=wish.reason, version=opening.version)
        decision_id = await record(db, actor, topic, opening, verdict, None, role=role)
        if not actor.wrote(topic.author_id):
            await tell(
                db,
                topic.author_id,
                "topic_kept",
                f"/topics/{topic.id}",
                post=opening.id,
                topic=topic.title,
                act=wish.act.value,
                reason=wish.reason,
                role=role,
            )
    return decision_id


def _changed(topic: Topic, wish: Keeping) -> Topic:
    if wish.act is Act.LOCK:
        return replace(topic, locked=True)
    if wish.act is Act.UNLOCK:
        return replace(topic, locked=False)
    if wish.act is Act.SLOW:
        return replace(topic, slow_minutes=wish.minutes, slow_until=clock.now() + wish.lasting)
    return replace(topic, slow_minutes=None, slow_until=None)
