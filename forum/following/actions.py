"""Watching, following and muting topics and boards."""

from forum.db import Database
from forum.following import queries
from forum.following.rules import Level


async def follow_topic(db: Database, account_id: int, topic_id: int, level: Level) -> None:
    async with db.transaction():
        await queries.follow_topic(db, account_id, topic_id, level)


async def follow_board(db: Database, account_id: int, board_id: int, level: Level) -> None:
    """To follow is what everybody does who says nothing."""
    async with db.transaction():
        if level is Level.FOLLOW:
            await queries.leave_board(db, account_id, board_id)
        else:
            await queries.follow_board(db, account_id, board_id, level)
