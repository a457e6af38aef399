"""Opinions without their words: what the ledger counts and the proofs recompute."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from forum.db import Database
from moderation.digests.queries.opinions import COPY, FROM, STATE, SUBMITTED


@dataclass(frozen=True, slots=True)
class Grouped:
    """An opinion as it is to be grouped; with a group, that is a decision to be kept."""

    position: int
    shown: str
    sha256: str
    plan_section_id: int | None
    group_id: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An opinion without its words: all that the ledger needs."""

    id: int
    post_id: int | None
    submission_id: int | None
    account_id: int | None
    person_key: bytes | None
    part: str
    disposition: str
    group_id: int | None
    reason: str | None
    copy: str | None
    state: str
    is_current: bool
    # By which way it came: `elsewhere` is a submission to another consultation, None the room.
    channel: str | None = None


async def standings(db: Database, digest_id: int) -> list[Standing]:
    return await db.records(
        Standing,
        f"""
        select o.id, p.id as post_id, o.submission_id, coalesce(s.account_id, p.author_id) as account_id,
            s.person_key, o.part, o.disposition, o.group_id, o.set_aside_reason as reason, {COPY} as copy,
            {STATE} as state,
            coalesce(p.revision_id = o.revision_id, true) and o.masked_by = coalesce(m.masks, '{{}}') as is_current,
            case when s.consultation_id <> d.consultation_id then 'elsewhere' else s.channel end as channel
        """
        + FROM
        + """
            left join (select post_id, array_agg(id order by id) as masks from masks where lifted_by is null group by post_id)
                m on m.post_id = coalesce(p.id, u.id)
            join digests d on d.id = o.digest_id
        where d.id = :id order by o.position, o.id
        """,
        id=digest_id,
    )


async def counted_with(db: Database, consultation_id: int) -> list[int]:
    """The published digests whose people are counted by the names of this consultation and by those of others, as far as it is
    not on record how many they are."""
    rows = await db.rows(
        """
        select o.digest_id from opinions o join submissions s on s.id = o.submission_id
            join digests d on d.id = o.digest_id
        where d.state = 'published' and not exists (
            select from forgotten_submitters f where jsonb_exists(f.people, cast(d.id as text)))
        group by o.digest_id having bool_or(s.consultation_id = :id) and bool_or(s.consultation_id <> :id)
        order by o.digest_id
        """,
        id=consultation_id,
    )
    return [row["digest_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Span:
    """An opinion beside the whole text that it claims to be cut from."""

    id: int
    digest_id: int
    start_at: int
    end_at: int
    text: str
    sha256: str
    # What names the text in that hash, and the words of which it is made.
    source: str
    hashed: str
    words: str


def every_span(db: Database) -> AsyncIterator[Span]:
    """Every opinion there is."""
    return db.each(
        Span,
        """
        select o.id, o.digest_id, o.start_at, o.end_at, o.text, o.sha256,
            coalesce(named(post_of(o), o.masked_by, coalesce(r.sha256, s.sha256)), '') as source,
            coalesce(hashed_words(o), '') as hashed, coalesce(r.raw, s.body, '') as words
        from opinions o left join revisions r on r.id = o.revision_id
            left join submissions s on s.id = o.submission_id
        where o.id > :after order by o.id limit :batch
        """,
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """The number of the group in which an opinion stands; without one, how many come before it that stand as it does."""

    group: int | None
    disposition: str
    before: int


async def placed(db: Database, digest_id: int, opinion_id: int) -> Placed | None:
    return await db.record(
        Placed,
        """
        select g.position as group, o.disposition, (select count(*) from opinions b where b.digest_id = o.digest_id
            and b.group_id is null and b.disposition = o.disposition and b.part = 'opinion'
            and (b.position, b.id) < (o.position, o.id)) as before
        from opinions o left join opinion_groups g on g.id = o.group_id
        where o.digest_id = :id and o.id = :opinion_id and o.part = 'opinion'
        """,
        id=digest_id,
        opinion_id=opinion_id,
    )


async def with_copies(db: Database, digest_id: int, ids: list[int]) -> list[int]:
    """The opinions and the copies that stand with them in the same place."""
    rows = await db.rows(
        """
        select c.id from opinions c left join opinions o on o.id = c.copy_of
        where c.digest_id = :id and (c.id = any(:ids) or (o.id = any(:ids)
            and c.group_id is not distinct from o.group_id
            and (c.disposition = 'set_aside') = (o.disposition = 'set_aside')))
        order by c.id
        """,
        id=digest_id,
        ids=ids,
    )
    return [row["id"] for row in rows]


async def last_position(db: Database, digest_id: int) -> int:
    position: int = await db.value(
        "select coalesce(max(position), 0) from opinions where digest_id = :id", id=digest_id
    )
    return position


async def to_group(db: Database, digest_id: int, known: int) -> list[Grouped]:
    """The readable opinions that stand in a group, and those that came after position `known`."""
    return await db.records(
        Grouped,
        f"""
        select o.position, shown_words(o) as shown, o.sha256, o.group_id,
            case when s.consultation_id = d.consultation_id then s.plan_section_id end as plan_section_id
        from opinions o join digests d on d.id = o.digest_id left join submissions s on s.id = o.submission_id
            left join revisions r on r.id = o.revision_id left join posts p on p.id = r.post_id {SUBMITTED}
        where o.digest_id = :id and o.part = 'opinion' and {STATE} = 'visible'
            and o.disposition <> 'set_aside' and (o.group_id is not null or o.position > :known)
        order by o.position
        """,
        id=digest_id,
        known=known,
    )
