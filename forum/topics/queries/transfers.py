"""All SQL of transfers and of the signs that they leave."""

from collections.abc import AsyncIterator, Sequence

from forum.db import Database, columns
from forum.topics.transfers import Sign, Transfer

TRANSFER = f"select {columns(Transfer)} from transfers"
SIGN = """
select s.post_id, s.number, s.change, p.state from signs s join posts p on p.id = s.post_id
"""


async def transfer(db: Database, number: int) -> Transfer | None:
    return await db.record(Transfer, TRANSFER + " where id = :id", id=number)


async def to_topic(db: Database, topic_id: int) -> list[Transfer]:
    """What came here and was not taken back, the newest first."""
    return await db.records(
        Transfer,
        TRANSFER
        + """ x where to_topic_id = :id and undoes is null
            and not exists (select from transfers where undoes = x.id) order by id desc""",
        id=topic_id,
    )


def every(db: Database) -> AsyncIterator[Transfer]:
    return db.each(Transfer, TRANSFER + " where id > :after order by id limit :batch")


async def add(db: Database, new: Transfer) -> int:
    number: int = await db.value(
        """
        insert into transfers (from_topic_id, to_topic_id, whole, undoes, posts, from_numbers, to_numbers, role, reason,
            made_by, made_at, sha256)
        values (:from_topic_id, :to_topic_id, :whole, :undoes, :posts, :from_numbers, :to_numbers, :role, :reason,
            :made_by, :made_at, :sha256) returning id
        """,
        from_topic_id=new.from_topic_id,
        to_topic_id=new.to_topic_id,
        whole=new.whole,
        undoes=new.undoes,
        posts=new.posts,
        from_numbers=new.from_numbers,
        to_numbers=new.to_numbers,
        role=new.role,
        reason=new.reason,
        made_by=new.made_by,
        made_at=new.made_at,
        sha256=new.sha256,
    )
    return number


async def own_numbers(db: Database, topic_id: int, posts: Sequence[int]) -> dict[int, int]:
    """The numbers that these posts had in the topic before they left it."""
    rows = await db.rows(
        "select post_id, number from signs where topic_id = :topic_id and post_id = any(:posts)",
        topic_id=topic_id,
        posts=posts,
    )
    return {row["post_id"]: row["number"] for row in rows}


async def take_numbers(
    db: Database, topic_id: int, *, fresh: int, changes: int, left: int
) -> tuple[int, int]:
    """(last number, last change) before; afterwards the topic has given out so many more, and `left` more posts are gone."""
    row = await db.row(
        """
        update topics set last_number = last_number + :fresh, changes = changes + :changes, moved_out = moved_out + :left
        where id = :id returning last_number - :fresh as number, changes - :changes as change
        """,
        id=topic_id,
        fresh=fresh,
        changes=changes,
        left=left,
    )
    assert row is not None
    return row["number"], row["change"]


async def set_signs(db: Database, number: int, made: Transfer, change: int) -> None:
    """One where each post stood, and none any more where they stand now; the changes are numbered from `change` on."""
    await db.run(
        "delete from signs where topic_id = :topic_id and post_id = any(:posts)",
        topic_id=made.to_topic_id,
        posts=made.posts,
    )
    await db.run(
        """
        insert into signs (topic_id, number, post_id, transfer_id, change)
        select :topic_id, number, post_id, :transfer_id, cast(:change as bigint) + place
        from unnest(cast(:numbers as int[]), cast(:posts as bigint[])) with ordinality as left_by (number, post_id, place)
        """,
        topic_id=made.from_topic_id,
        numbers=made.from_numbers,
        posts=made.posts,
        transfer_id=number,
        change=change,
    )


async def follow_openings(db: Database, made: Transfer) -> None:
    """A topic is merged into that in which its opening post stands; and is itself again when that has come back."""
    await db.run(
        """
        update topics t set merged_into = case when t.id <> cast(:to as bigint) then cast(:to as bigint) end
        where t.id in (select topic_id from signs where number = 1 and post_id = any(:posts))
            or (t.id = :to and 1 = any(cast(:numbers as int[])))
        """,
        to=made.to_topic_id,
        posts=made.posts,
        numbers=made.to_numbers,
    )


async def opened_by(db: Database, post_id: int) -> list[int]:
    """The topics that this post opened and has left."""
    rows = await db.rows(
        "select topic_id from signs where post_id = :post_id and number = 1 order by topic_id",
        post_id=post_id,
    )
    return [row["topic_id"] for row in rows]


async def settle(db: Database, topic_id: int) -> None:
    """The last activity of a topic is that of what stands there."""
    await db.run(
        """
        update topics set bumped_at = coalesce(
            (select max(shown_at) from posts where topic_id = :id and state = 'visible'), bumped_at)
        where id = :id
        """,
        id=topic_id,
    )


async def signs(db: Database, topic_id: int, first: int, last: int) -> list[Sign]:
    """What stood there with numbers from `first` to `last` and has left, as far as everybody may know of it."""
    return await db.records(
        Sign,
        SIGN
        + """where s.topic_id = :topic_id and s.number between :first and :last and p.state <> 'held'
        order by s.number""",
        topic_id=topic_id,
        first=first,
        last=last,
    )


async def sign(db: Database, topic_id: int, post_id: int) -> Sign | None:
    return await db.record(
        Sign,
        SIGN + "where s.topic_id = :topic_id and s.post_id = :post_id",
        topic_id=topic_id,
        post_id=post_id,
    )


async def signs_since(db: Database, topic_id: int, change: int, limit: int) -> list[Sign]:
    """Of what has left since, in order of change."""
    return await db.records(
        Sign,
        SIGN + "where s.topic_id = :topic_id and s.change > :change order by s.change limit :limit",
        topic_id=topic_id,
        change=change,
        limit=limit,
    )


async def window(db: Database, topic_id: int, first: int, last: int) -> tuple[int, int, int] | None:
    """(topic, first, last number) of what had these numbers in a topic, if all of it stands in one other topic."""
    row = await db.row(
        """
        select min(p.topic_id) as topic_id, min(p.number) as first, max(p.number) as last
        from signs s join posts p on p.id = s.post_id
        where s.topic_id = :topic_id and s.number between :first and :last
        having count(distinct p.topic_id) = 1
        """,
        topic_id=topic_id,
        first=first,
        last=last,
    )
    return None if row is None else (row["topic_id"], row["first"], row["last"])
