"""Where posts stand, by whom they are, and putting them elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database
from forum.posts.rules import Draft


@dataclass(frozen=True, slots=True)
class Standing:
    """A post where it stands now."""

    id: int
    topic_id: int
    number: int
    author_id: int
    state: str


async def sent_already(
    db: Database, topic_id: int, author_id: int, draft: Draft, since: datetime
) -> int | None:
    """The last post of the author, if it is that very reply."""
    found: int | None = await db.value(
        """
        select p.id from (select * from posts where author_id = :author_id order by id desc limit 1) p
            join revisions r on r.id = p.revision_id
        where p.topic_id = :topic_id and p.number > 1 and p.state in ('visible', 'held') and p.created_at > :since
            and r.raw = :body and p.reply_to_id is not distinct from :reply_to_id
        """,
        topic_id=topic_id,
        author_id=author_id,
        body=draft.body,
        reply_to_id=draft.reply_to_id,
        since=since,
    )
    return found


async def authors(db: Database, topic_id: int, ids: list[int]) -> list[tuple[int, int, int]]:
    """(post, number, author) of the visible posts among `ids` in the topic, or that were there."""
    rows = await db.rows(
        """
        select id, number, author_id from posts
        where id = any(:ids) and state = 'visible' and (topic_id = :topic_id
            or exists (select from signs where post_id = posts.id and topic_id = :topic_id))
        order by number
        """,
        topic_id=topic_id,
        ids=ids,
    )
    return [(row["id"], row["number"], row["author_id"]) for row in rows]


async def names(db: Database, post_id: int) -> tuple[str, str]:
    """(pen name of its author, title of its topic)."""
    row = await db.row(
        """
        select a.pen_name, t.title from posts p join accounts a on a.id = p.author_id join topics t on t.id = p.topic_id
        where p.id = :id
        """,
        id=post_id,
    )
    assert row is not None
    return row["pen_name"], row["title"]


async def of_topic(db: Database, topic_id: int, ids: list[int] | None) -> list[Standing]:
    """Those of the topic, or of these ids in it, in order."""
    return await db.records(
        Standing,
        """
        select id, topic_id, number, author_id, state from posts
        where topic_id = :topic_id and (cast(:ids as bigint[]) is null or id = any(:ids)) order by number
        """,
        topic_id=topic_id,
        ids=ids,
    )


async def place(db: Database, topic_id: int, ids: list[int], numbers: list[int], change: int) -> None:
    """In this topic from now on, under these numbers; the changes are numbered from `change` on."""
    await db.run(
        """
        update posts set topic_id = :topic_id, number = placed.number, change = cast(:change as bigint) + placed.place
        from unnest(cast(:ids as bigint[]), cast(:numbers as int[])) with ordinality as placed (id, number, place)
        where posts.id = placed.id
        """,
        topic_id=topic_id,
        ids=ids,
        numbers=numbers,
        change=change,
    )
