"""Taking posts to another topic: some of them, or all. Nothing of them changes but where they stand.

Each belongs inside the transaction that also puts it on record.
"""

from dataclasses import replace

from forum import clock
from forum.access import Actor, require
from forum.boards import queries as boards
from forum.db import Database
from forum.drafts import queries as drafts
from forum.errors import Conflict, Invalid, NotFound
from forum.events import PostsTransferred, QueueChanged, publish
from forum.following import queries as following
from forum.i18n import _
from forum.places import queries as places
from forum.posts.queries import standing
from forum.posts.queries.standing import Standing
from forum.posts.rules import State
from forum.proof import digest
from forum.topics import queries
from forum.topics.actions import discussing
from forum.topics.actions.locking import topic_for
from forum.topics.queries import transfers
from forum.topics.rules import Opening, Topic, can_move, can_read_topic, can_transfer
from forum.topics.transfers import Transfer, Why, document


async def split_off(
    db: Database, actor: Actor, topic_id: int, chosen: list[int], board_id: int, title: str, why: Why
) -> Transfer:
    """Posts into a topic of their own. Whoever splits it off opens it with the reason: nobody else has words put into their
    mouth. Who follows or mutes the old topic does so with the new one."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        board = await boards.board_by_id(db, board_id)
        if board is None:
            raise NotFound
        require(can_move(actor, topic, board))
        some = await _chosen(db, actor, topic, chosen)
        new_id, _post = await discussing.start(db, actor, board, Opening(title=title, body=why.reason))
        to = await queries.locked(db, new_id)
        assert to is not None
        await following.carry(db, topic.id, to.id, None, muting=True)
        return await _transfer(db, actor, topic, to, some, why)


async def bring(
    db: Database, actor: Actor, topic_id: int, chosen: list[int], to_id: int, why: Why
) -> Transfer:
    """Posts into a topic that there is."""
    async with db.transaction():
        topic, to = await _both(db, actor, topic_id, to_id)
        require(can_transfer(actor, topic, to))
        some = await _chosen(db, actor, topic, chosen)
        await following.carry(db, topic.id, to.id, [post.author_id for post in some], muting=False)
        return await _transfer(db, actor, topic, to, some, why)


async def merge(db: Database, actor: Actor, topic_id: int, to_id: int, why: Why) -> Transfer:
    """A whole topic into another one: its address leads there from then on."""
    async with db.transaction():
        topic, to = await _both(db, actor, topic_id, to_id)
        require(can_transfer(actor, topic, to))
        every = await standing.of_topic(db, topic.id, None)
        await following.carry(db, topic.id, to.id, None, muting=False)
        await drafts.carry(db, f"reply:{topic.id}", f"reply:{to.id}")
        return await _transfer(db, actor, topic, to, every, why)


async def take_back(db: Database, actor: Actor, transfer: Transfer, why: Why) -> Transfer:
    """What a transfer brought and still stands there goes back, each post under the number that it had."""
    async with db.transaction():
        here, back, some = await _to_take_back(db, actor, transfer)
        require(can_transfer(actor, here, back))
        return await _transfer(db, actor, here, back, some, replace(why, undoes=transfer.id))


async def bring_back(db: Database, actor: Actor, transfer: Transfer, why: Why) -> Transfer:
    """The same after an appeal: whoever judges needs no right on either board."""
    here, back, some = await _to_take_back(db, actor, transfer)
    if here.merged_into or back.merged_into:
        raise Conflict(_("この話題は、別の話題にまとめられました。"))
    return await _transfer(db, actor, here, back, some, replace(why, undoes=transfer.id))


async def _to_take_back(
    db: Database, actor: Actor, transfer: Transfer
) -> tuple[Topic, Topic, list[Standing]]:
    """Where the posts are, where they were, and which still stand there. A topic whose opening comes back is merged no more."""
    here, back = await _both(db, actor, transfer.to_topic_id, transfer.from_topic_id)
    own = await transfers.own_numbers(db, back.id, transfer.posts)
    some = [post for post in await standing.of_topic(db, here.id, transfer.posts) if post.id in own]
    if not some or transfer not in await transfers.to_topic(db, here.id):
        raise Conflict(_("この移動は、もう元に戻されています。"))
    opens = 1 in (own[post.id] for post in some)
    return here, replace(back, merged_into=None) if opens else back, some


async def _both(db: Database, actor: Actor, topic_id: int, to_id: int) -> tuple[Topic, Topic]:
    """Both topics, locked in the order of their ids."""
    found = {number: await queries.locked(db, number) for number in sorted({topic_id, to_id})}
    topic, to = found[topic_id], found[to_id]
    if topic is None or to is None or not can_read_topic(actor, topic) or not can_read_topic(actor, to):
        raise NotFound
    return topic, to


async def _chosen(db: Database, actor: Actor, topic: Topic, chosen: list[int]) -> list[Standing]:
    """In order. The opening post goes with the whole topic only: its title is the same utterance."""
    some = await standing.of_topic(db, topic.id, chosen)
    sees_held = actor.moderates(topic.board_id)
    if not chosen or any(post.number == 1 for post in some):
        raise Invalid(posts=_("移す投稿を選んでください。はじめの投稿は、話題の題名と一体なので選べません。"))
    if len(some) < len(set(chosen)) or any(post.state == State.HELD and not sees_held for post in some):
        raise Conflict(_("選んだ投稿の一部は、もうこの話題にありません。選び直してください。"))
    return some


async def _transfer(
    db: Database, actor: Actor, topic: Topic, to: Topic, some: list[Standing], why: Why
) -> Transfer:
    """Each post gets the next number there, or that which it had there before; where it stood there is a sign."""
    assert actor.id is not None
    ids = [post.id for post in some]
    own = await transfers.own_numbers(db, to.id, ids)
    fresh, gone = len(ids) - len(own), len(ids)
    number, change = await transfers.take_numbers(db, to.id, fresh=fresh, changes=gone, left=-len(own))
    _last, change_here = await transfers.take_numbers(db, topic.id, fresh=0, changes=gone, left=gone)
    numbers = [own[post_id] if post_id in own else (number := number + 1) for post_id in ids]
    made = Transfer(
        0, topic.id, to.id, len(some) == topic.last_number - topic.moved_out, why.undoes, ids,
        [post.number for post in some], numbers, why.role, why.reason, actor.id, clock.now(),
    )  # fmt: skip
    made = replace(made, sha256=digest(document(made)))
    made = replace(made, id=await transfers.add(db, made))
    await standing.place(db, to.id, ids, numbers, change)
    await transfers.set_signs(db, made.id, made, change_here)
    await transfers.follow_openings(db, made)
    await places.carry(db, topic.id, to.id, made.from_numbers, numbers)
    await _announce(db, topic, change_here)
    await _announce(db, to, change)
    return made


async def _announce(db: Database, topic: Topic, after: int) -> None:
    await transfers.settle(db, topic.id)
    await queries.next_head(db, topic.id)
    await publish(db, PostsTransferred(topic.id, after), QueueChanged(topic.board_id))
