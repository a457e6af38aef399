"""All SQL of the API that no page asks: lists by number of the page, and what Discourse says of a topic besides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from forum.db import Database
from forum.posts.queries.posts import KNOWN, VIEW
from forum.posts.rules import PostView
from forum.topics.queries.columns import ROW
from forum.topics.rules import TopicRow


@dataclass(frozen=True, slots=True)
class Start:
    """How a topic began."""

    created_at: datetime
    pen_name: str
    pseudonym: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post stands."""

    post_id: int
    topic_id: int
    number: int


async def latest(db: Database, board_ids: Iterable[int], *, page: int, limit: int) -> list[TopicRow]:
    """Of these boards, the latest activity first; one more than `limit` says that there is another page. Of each board no more
    are looked at than may stand there, pinned or not, as the index has them."""
    chosen = """
        where t.id in (
            select one.id from unnest(cast(:board_ids as bigint[])) as among (board_id)
            cross join (values (false), (true)) as asked (pinned)
            cross join lateral (
                select id, bumped_at from topics
                where board_id = among.board_id and pinned = asked.pinned
                    and state <> 'held' and merged_into is null and not proposed
                order by bumped_at desc, id desc limit cast(:before as bigint) + :limit
            ) one
            order by one.bumped_at desc, one.id desc limit :limit offset :before
        ) order by t.bumped_at desc, t.id desc
    """
    return await db.records(
        TopicRow, ROW + chosen, board_ids=[*board_ids], before=page * limit, limit=limit + 1
    )


async def starts(db: Database, topic_ids: Iterable[int]) -> dict[int, Start]:
    rows = await db.rows(
        """
        select t.id, t.created_at, a.pen_name, a.pseudonym from topics t join accounts a on a.id = t.author_id
        where t.id = any(:ids)
        """,
        ids=[*topic_ids],
    )
    return {row["id"]: Start(row["created_at"], row["pen_name"], row["pseudonym"]) for row in rows}


async def place(db: Database, topic_id: int, number: int) -> Place | None:
    """Of the post with this number in a topic, or that had it before it was transferred."""
    return await db.record(
        Place,
        """
        select id as post_id, topic_id, number from posts where id in (
            select post_id from signs where topic_id = :topic_id and number = cast(:number as bigint)
            union all select id from posts where topic_id = :topic_id and number = cast(:number as bigint)
        )
        """,
        topic_id=topic_id,
        number=number,
    )


async def standing(db: Database, topic_id: int) -> list[int]:
    """The posts of which everybody knows, in their order."""
    rows = await db.rows(
        f"select p.id from posts p where p.topic_id = :topic_id and {KNOWN} order by p.number",
        topic_id=topic_id,
    )
    return [row["id"] for row in rows]


async def newest(db: Database, kinds: list[str], *, before: int, limit: int) -> list[PostView]:
    """What everybody may read, the newest first, from before that number on."""
    return await db.records(
        PostView,
        VIEW
        + """
        where p.id in (
            select n.id from posts n join topics y on y.id = n.topic_id join boards z on z.id = y.board_id
            where n.id < :before and n.state = 'visible' and y.state <> 'held' and not y.proposed and z.kind = any(:kinds)
            order by n.id desc limit :limit
        ) order by p.id desc
        """,
        before=before,
        kinds=kinds,
        limit=limit,
    )
