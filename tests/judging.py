"""What a moderator decides about a post, each time as an act of its own, as in the review queue."""

from forum.access import Actor
from forum.db import Database
from forum.topics.actions import judging
from forum.topics.actions.locking import post_for


async def approve(db: Database, moderator: Actor, post_id: int) -> None:
    async with db.transaction():
        await judging.approve(db, *await post_for(db, moderator, post_id))


async def return_to_author(db: Database, moderator: Actor, post_id: int) -> None:
    async with db.transaction():
        await judging.return_to_author(db, *await post_for(db, moderator, post_id))


async def hide(db: Database, moderator: Actor, post_id: int) -> None:
    async with db.transaction():
        await judging.hide(db, *await post_for(db, moderator, post_id))


async def restore(db: Database, moderator: Actor, post_id: int) -> None:
    async with db.transaction():
        await judging.restore(db, *await post_for(db, moderator, post_id))
