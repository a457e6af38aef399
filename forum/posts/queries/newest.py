"""The newest posts, as feeds have them: what everybody may read."""

from forum.db import Database
from forum.posts.queries.posts import VIEW
from forum.posts.rules import PostView


async def of_topic(db: Database, topic_id: int, limit: int) -> list[PostView]:
    """What everybody may read, the newest first."""
    return await db.records(
        PostView,
        VIEW + "where p.topic_id = :topic_id and p.state = 'visible' order by p.number desc limit :limit",
        topic_id=topic_id,
        limit=limit,
    )


async def of_board(db: Database, board_id: int, limit: int) -> list[PostView]:
    """What everybody may read, the newest first: it stands at the ends of the topics that moved last."""
    return await db.records(
        PostView,
        VIEW
        + """
        where p.id in (
            select n.id from (
                select id from topics where board_id = :board_id and state <> 'held' and not proposed
                order by bumped_at desc, id desc limit :limit
            ) l cross join lateral (
                select id, created_at from posts where topic_id = l.id and state = 'visible'
                order by number desc limit :limit
            ) n order by n.created_at desc, n.id desc limit :limit
        )
        order by p.created_at desc, p.id desc
        """,
        board_id=board_id,
        limit=limit,
    )


async def of_tag(db: Database, tag_id: int, kinds: list[str], limit: int) -> list[PostView]:
    """What everybody may read in topics that bear a tag, the newest first."""
    return await db.records(
        PostView,
        VIEW
        + """
        where p.id in (
            select n.id from (
                select t.id from topic_tags x join topics t on t.id = x.topic_id join boards b on b.id = t.board_id
                where x.tag_id = :tag_id and t.state <> 'held' and not t.proposed and b.kind = any(:kinds)
                order by t.bumped_at desc, t.id desc limit :limit
            ) l cross join lateral (
                select id, created_at from posts where topic_id = l.id and state = 'visible'
                order by number desc limit :limit
            ) n order by n.created_at desc, n.id desc limit :limit
        )
        order by p.created_at desc, p.id desc
        """,
        tag_id=tag_id,
        kinds=kinds,
        limit=limit,
    )
