"""What a new digest can be made of."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class OfferedTopic:
    id: int
    board_id: int
    title: str
    state: str
    posts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """A published digest."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class OfferedConsultation:
    """A consultation that has no digest."""

    id: int
    title: str
    opens_at: datetime


async def topics(db: Database, boards: list[int], each: int) -> list[OfferedTopic]:
    """The latest topics of each board."""
    return await db.records(
        OfferedTopic,
        """
        select t.id, t.board_id, t.title, t.state, t.last_number - t.moved_out as posts, t.created_at
        from unnest(cast(:boards as bigint[])) b (id)
            cross join lateral (
                select * from topics where board_id = b.id and state <> 'held' and merged_into is null
                order by bumped_at desc, id desc limit :each) t
        """,
        boards=boards,
        each=each,
    )


async def published(db: Database, limit: int) -> list[Offered]:
    return await db.records(
        Offered,
        "select id, title from digests where state = 'published' order by published_at desc limit :limit",
        limit=limit,
    )


async def consultations(db: Database, now: datetime) -> list[OfferedConsultation]:
    """Those that have begun, are not finished and have no digest yet."""
    return await db.records(
        OfferedConsultation,
        """
        select c.id, c.title, c.opens_at from consultations c
        where c.state not in ('published', 'not_conducted', 'withdrawn') and c.announced_at <= :now
            and c.opens_at <= :now and not exists (select from digests d where d.consultation_id = c.id)
        order by c.opens_at desc
        """,
        now=now,
    )


async def hold_consultation(db: Database, consultation_id: int) -> bool:
    """Whether it is announced and not over. Nobody else begins a digest of it until the transaction ends."""
    return bool(
        await db.value(
            """
            select announced_at is not null and state not in ('published', 'not_conducted', 'withdrawn')
            from consultations where id = :id for no key update
            """,
            id=consultation_id,
        )
    )
