"""What those who keep a board do to its topics: lock, slow down, pin, move, hide its polls, and the inverse of each.

Each returns whether anything changed, and belongs inside the transaction that also puts it on record.
"""

from dataclasses import replace
from datetime import datetime

from forum.access import Actor, require
from forum.boards import queries as boards
from forum.db import Database
from forum.errors import NotFound
from forum.events import TopicMoved, publish
from forum.topics.actions.heading import change_head
from forum.topics.actions.locking import topic_for
from forum.topics.rules import Topic, can_move, can_steer


async def lock(db: Database, actor: Actor, topic_id: int) -> bool:
    """No more replies, except from those who steer the board."""
    return await _steer(db, actor, topic_id, locked=True)


async def unlock(db: Database, actor: Actor, topic_id: int) -> bool:
    return await _steer(db, actor, topic_id, locked=False)


async def slow(db: Database, actor: Actor, topic_id: int, *, minutes: int, until: datetime) -> bool:
    """Until then everybody writes once in so many minutes."""
    return await _steer(db, actor, topic_id, slow_minutes=minutes, slow_until=until)


async def unslow(db: Database, actor: Actor, topic_id: int) -> bool:
    return await _steer(db, actor, topic_id, slow_minutes=None, slow_until=None)


async def pin(db: Database, actor: Actor, topic_id: int) -> bool:
    """Keeps the topic at the top of its board."""
    return await _steer(db, actor, topic_id, pinned=True)


async def unpin(db: Database, actor: Actor, topic_id: int) -> bool:
    return await _steer(db, actor, topic_id, pinned=False)


async def hide_polls(db: Database, actor: Actor, topic_id: int) -> bool:
    """Nobody but those who keep the board sees what is asked, or answers it."""
    return await _steer(db, actor, topic_id, polls_hidden=True)


async def show_polls(db: Database, actor: Actor, topic_id: int) -> bool:
    return await _steer(db, actor, topic_id, polls_hidden=False)


async def move(db: Database, actor: Actor, topic_id: int, board_id: int) -> bool:
    """To another board; addresses stay the same."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        board = await boards.board_by_id(db, board_id)
        if board is None:
            raise NotFound
        require(can_move(actor, topic, board))
        return await _to(db, topic, board.id)


async def open_again(db: Database, topic: Topic) -> None:
    """After an appeal, as the three that follow: whoever judges needs no other right on either board."""
    await change_head(db, topic, replace(topic, locked=False))


async def quicken(db: Database, topic: Topic) -> None:
    await change_head(db, topic, replace(topic, slow_minutes=None, slow_until=None))


async def show_polls_again(db: Database, topic: Topic) -> None:
    await change_head(db, topic, replace(topic, polls_hidden=False))


async def move_back(db: Database, topic: Topic, board_id: int) -> None:
    await _to(db, topic, board_id)


async def _to(db: Database, topic: Topic, board_id: int) -> bool:
    if board_id != topic.board_id:
        await publish(db, TopicMoved(topic.id, topic.board_id))
    return await change_head(db, topic, replace(topic, board_id=board_id))


async def _steer(db: Database, actor: Actor, topic_id: int, **changes: object) -> bool:
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        require(can_steer(actor, topic))
        return await change_head(db, topic, replace(topic, **changes))  # type: ignore[arg-type]  # fields of a topic by name
