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


async def answered_by(db: Database, post_id: int) -> tuple[int, int] | None:
    """(post, its topic) of what this one answers."""
    row = await db.row(
        "select q.id, q.topic_id from posts p join posts q on q.id = p.reply_to_id where p.id = :id",
        id=post_id,
    )
    return None if row is None else (row["id"], row["topic_id"])
