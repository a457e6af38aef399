"""A topic at a glance, as everybody may read it."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database
from forum.posts.queries.posts import VIEW
from forum.posts.rules import PostView


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody with how much they have written; `people` and `posts` are those of all of them."""

    pen_name: str
    role: str
    written: int
    people: int
    posts: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """The posts of one page, by their numbers and days."""

    page: int
    first: int
    last: int
    since: datetime
    until: datetime


async def participants(db: Database, topic_id: int, limit: int) -> list[Participant]:
    """Whoever has written most comes first."""
    return await db.records(
        Participant,
        """
        select a.pen_name, a.role, p.written, p.people, p.posts from (
            select author_id, count(*) as written, min(number) as came, count(*) over () as people,
                cast(sum(count(*)) over () as bigint) as posts
            from posts where topic_id = :topic_id and state = 'visible'
            group by author_id order by written desc, came limit :limit
        ) p join accounts a on a.id = p.author_id order by p.written desc, p.came
        """,
        topic_id=topic_id,
        limit=limit,
    )


async def stretches(db: Database, topic_id: int, per_page: int) -> list[Stretch]:
    return await db.records(
        Stretch,
        """
        select (number - 1) / :per_page + 1 as page, min(number) as first, max(number) as last,
            min(created_at) as since, max(created_at) as until
        from posts where topic_id = :topic_id and state <> 'held' group by page order by page
        """,
        topic_id=topic_id,
        per_page=per_page,
    )


async def most_reacted(db: Database, topic_id: int, limit: int) -> list[PostView]:
    """Any reaction counts: what moved people, whichever way."""
    return await db.records(
        PostView,
        VIEW
        + """
        join (
            select r.post_id, count(*) as n from posts p join reactions r on r.post_id = p.id
            where p.topic_id = :topic_id and p.state = 'visible'
            group by r.post_id order by n desc, r.post_id limit :limit
        ) most on most.post_id = p.id order by most.n desc, p.id
        """,
        topic_id=topic_id,
        limit=limit,
    )
