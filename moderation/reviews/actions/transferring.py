"""Taking posts to another topic, on record with the reason at the opening post of the topic that they leave."""

from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.notifications.actions import tell
from forum.posts.queries import posts, standing
from forum.posts.rules import State, shown_title
from forum.topics import queries as topics
from forum.topics.actions import transferring
from forum.topics.actions.locking import topic_for
from forum.topics.queries import transfers
from forum.topics.rules import Topic
from forum.topics.transfers import Transfer, Why
from moderation.reviews.actions.deciding import record
from moderation.reviews.acts import Act
from moderation.reviews.keeping import role_in
from moderation.reviews.rules import Verdict
from moderation.reviews.transferring import TakingBack, Transferring, Way, lacking


async def transfer(db: Database, actor: Actor, topic_id: int, wish: Transferring) -> Transfer:
    """Some posts, or all, to where the form says."""
    if wrong := lacking(wish):
        raise Invalid(**wrong)
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        why = Why(role_in(actor, topic.board_id), wish.reason)
        if wish.way is Way.NEW:
            made = await transferring.split_off(
                db, actor, topic.id, wish.posts, wish.board_id, wish.title, why
            )
        else:
            made = await _into(db, actor, topic, wish, why)
        await _put_on_record(db, actor, topic, made)
    return made


async def take_back(db: Database, actor: Actor, topic_id: int, wish: TakingBack) -> Transfer:
    """What came here by one transfer goes back to where it was."""
    async with db.transaction():
        topic, undone = await topic_for(db, actor, topic_id), await transfers.transfer(db, wish.transfer)
        if undone is None or undone.to_topic_id != topic.id:
            raise NotFound
        why = Why(role_in(actor, topic.board_id), wish.why)
        made = await transferring.take_back(db, actor, undone, why)
        await _put_on_record(db, actor, topic, made)
    return made


async def _into(db: Database, actor: Actor, topic: Topic, wish: Transferring, why: Why) -> Transfer:
    try:
        if wish.way is Way.WHOLE:
            return await transferring.merge(db, actor, topic.id, wish.to, why)
        return await transferring.bring(db, actor, topic.id, wish.posts, wish.to, why)
    except NotFound as unknown:
        raise Invalid(to=_("その話題は見つかりません。")) from unknown


async def _put_on_record(db: Database, actor: Actor, topic: Topic, made: Transfer) -> None:
    """A line of the log, and a notice to each author once."""
    opening, to = await posts.opening(db, topic.id), await topics.topic(db, made.to_topic_id)
    assert opening is not None
    assert to is not None
    verdict = Verdict(act=Act.TRANSFER, reason=made.reason, version=opening.version)
    decision_id = await record(db, actor, topic, opening, verdict, None, role=made.role)
    told = {actor.id}
    for post in await standing.of_topic(db, to.id, made.posts):
        if post.author_id not in told and post.state != State.WITHDRAWN:
            told.add(post.author_id)
            await tell(
                db, post.author_id, "topic_kept", f"/posts/{post.id}", post=post.id, act=Act.TRANSFER.value,
                topic=shown_title(to.state, to.title), reason=made.reason, role=made.role, decision=decision_id,
            )  # fmt: skip
