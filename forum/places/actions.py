"""Keeping places. Nothing here is told to anybody."""

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import NotFound
from forum.places import queries
from forum.places.rules import Note, can_keep
from forum.posts.queries import posts
from forum.posts.rules import can_know_of


async def move_mark(db: Database, account_id: int, topic_id: int, number: int) -> None:
    async with db.transaction():
        await queries.move(db, account_id, topic_id, number)


async def keep(db: Database, actor: Actor, post_id: int, note: Note) -> None:
    async with db.transaction():
        post = await posts.post(db, post_id)
        if post is None or not can_know_of(actor, post):
            raise NotFound
        require(can_keep(actor, post))
        assert actor.id is not None
        await queries.keep(db, actor.id, post_id, note.note, clock.now())


async def drop(db: Database, account_id: int, post_id: int) -> None:
    """Also of a post that cannot be read any more."""
    async with db.transaction():
        await queries.drop(db, account_id, post_id)
