"""Posts that answer others, and answers of the city."""

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


async def of_city(db: Database, kinds: list[str], limit: int) -> list[tuple[int, str, int, str]]:
    """(post, title of its topic, number, what it says) of the newest that everybody reads."""
    rows = await db.rows(
        """
        select p.id, t.title, p.number, masked(p.id, r.raw) as words
        from posts p join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
            join revisions r on r.id = p.revision_id
        where p.city_answer and p.state = 'visible' and t.state = 'visible' and b.kind = any(:kinds)
        order by p.id desc limit :limit
        """,
        kinds=kinds,
        limit=limit,
    )
    return [(row["id"], row["title"], row["number"], row["words"]) for row in rows]
