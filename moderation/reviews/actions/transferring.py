"""Taking posts to another topic, on record with the reason at the opening post of the topic that they leave."""

from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.notifications.actions import tell
from forum.posts.queries import posts, standing
from forum.posts.rules import State
from forum.topics import queries as topics
from forum.topics.actions import transferring
from forum.topics.actions.locking import topic_for
from forum.topics.queries import transfers
from forum.topics.rules import Topic
from forum.topics.transfers import Transfer, Why
from moderation.reviews import telling
from moderation.reviews.actions.deciding import record
from moderation.reviews.acts import Act
from moderation.reviews.keeping import role_in
from moderation.reviews.queries import transfers as lines
from moderation.reviews.rules import Verdict, role_of
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
    """A line of the log, and a notice to each author, who may contest what is not a way back."""
    opening, to = await posts.opening(db, topic.id), await topics.topic(db, made.to_topic_id)
    assert opening is not None
    assert to is not None
    verdict = Verdict(act=Act.TRANSFER, reason=made.reason, version=opening.version)
    decision_id = await record(db, actor, topic, opening, verdict, None, role=made.role)
    await lines.add_line(db, made.id, decision_id)
    until = telling.appeal_until() if made.undoes is None else None
    await _tell_authors(db, to, made, decision_id, {actor.id}, until)


async def bring_back(
    db: Database, actor: Actor, contested_id: int, decision_id: int, reason: str, *, appellant_id: int
) -> None:
    """After an appeal: what one decision took away goes back by another one. Whoever appealed is told otherwise."""
    undone = await transfers.transfer(db, await lines.of_line(db, contested_id) or 0)
    assert undone is not None
    made = await transferring.bring_back(db, actor, undone, Why(role_of(actor), reason))
    await lines.add_line(db, made.id, decision_id)
    to = await topics.topic(db, made.to_topic_id)
    assert to is not None
    await _tell_authors(db, to, made, decision_id, {actor.id, appellant_id}, None)


async def _tell_authors(
    db: Database, to: Topic, made: Transfer, decision_id: int, told: set[int | None], until: str | None
) -> None:
    """Each once; `until` they may contest it."""
    for post in await standing.of_topic(db, to.id, made.posts):
        if post.author_id not in told and post.state != State.WITHDRAWN:
            told.add(post.author_id)
            await tell(
                db, post.author_id, "topic_kept", f"/posts/{post.id}", post=post.id, act=Act.TRANSFER.value,
                topic=to.title if to.state == State.VISIBLE else "", reason=made.reason, role=made.role, decision=decision_id,
                appeal_until=until,
            )  # fmt: skip
