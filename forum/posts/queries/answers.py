"""Posts that answer others."""

from forum.db import Database
from forum.posts.queries.posts import VIEW
from forum.posts.rules import PostView


async def to_post(db: Database, post_id: int, limit: int) -> list[PostView]:
    """The visible answers to a post, in order."""
    return await db.records(
        PostView,
        VIEW + "where p.reply_to_id = :id and p.state = 'visible' order by p.number limit :limit",
        id=post_id,
        limit=limit,
    )


async def answered_by(db: Database, post_id: int) -> int | None:
    """The post that this one answers."""
    answered: int | None = await db.value("select reply_to_id from posts where id = :id", id=post_id)
    return answered
