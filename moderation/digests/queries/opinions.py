"""Opinions and groups: reading them for the bench and the page, and every change of where an opinion stands."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.db import Database


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
    is_copy: bool
    state: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    id: int
    position: int
    title: str
    summary: str
    plan_section_id: int | None
    opinions: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion with where it comes from. `text` is None where its words may not be read (any more)."""

    id: int
    group_id: int | None
    position: int
    part: str
    kind: str | None
    evidence: str
    disposition: str
    representative: bool
    copy_of: int | None
    reason: str | None
    start_at: int
    end_at: int
    sha256: str
    text: str | None
    revision_id: int | None
    revision_number: int | None
    post_id: int | None
    post_number: int | None
    topic_id: int | None
    topic_title: str | None
    topic_state: str | None
    pen_name: str | None
    submission_id: int | None
    channel: str | None
    account_id: int | None
    source_sha256: str
    state: str
    is_current: bool
    said_at: datetime


FROM = """
from opinions o
    left join submissions s on s.id = o.submission_id
    left join revisions r on r.id = o.revision_id
    left join posts p on p.id = r.post_id
    left join topics t on t.id = p.topic_id
    left join accounts a on a.id = p.author_id
"""
# The words of a post that may not be read (any more) reach nobody.
READABLE = "case when coalesce(p.state, 'visible') = 'visible' then o.text end"
COLUMNS = """
select o.id, o.group_id, o.position, o.part, o.kind, o.evidence, o.disposition, o.representative, o.copy_of,
    o.set_aside_reason as reason, o.start_at, o.end_at, o.sha256,
    {text} as text, o.revision_id, r.number as revision_number, p.id as post_id, p.number as post_number,
    t.id as topic_id, t.title as topic_title, t.state as topic_state, a.pen_name,
    o.submission_id, s.channel, coalesce(s.account_id, p.author_id) as account_id,
    coalesce(s.sha256, r.sha256) as source_sha256, coalesce(p.state, 'visible') as state,
    coalesce(p.revision_id = o.revision_id, true) as is_current,
    coalesce(s.received_at, p.created_at) as said_at
"""
OPINION = COLUMNS.format(text=READABLE) + FROM
# Those that are quoted first, each followed by its copies.
IN_GROUP = "order by o.group_id, o.representative desc, o.position, o.id"


async def standings(db: Database, digest_id: int) -> list[Standing]:
    return await db.records(
        Standing,
        """
        select o.id, p.id as post_id, o.submission_id, coalesce(s.account_id, p.author_id) as account_id,
            s.person_key, o.part, o.disposition, o.group_id, o.set_aside_reason as reason,
            o.copy_of is not null as is_copy, coalesce(p.state, 'visible') as state,
            coalesce(p.revision_id = o.revision_id, true) as is_current
        """
        + FROM
        + "where o.digest_id = :id order by o.position, o.id",
        id=digest_id,
    )


async def groups(db: Database, digest_id: int) -> list[Group]:
    """All groups in order; a digest has a few hundred."""
    return await db.records(
        Group,
        """
        select g.id, g.position, g.title, g.summary, g.plan_section_id, count(o.id) as opinions,
            count(o.id) filter (where o.disposition = 'undecided') as undecided
        from opinion_groups g left join opinions o on o.group_id = g.id
        where g.digest_id = :id group by g.id order by g.position, g.id
        """,
        id=digest_id,
    )


async def group(db: Database, digest_id: int, group_id: int) -> Group | None:
    return await db.record(
        Group,
        """
        select g.id, g.position, g.title, g.summary, g.plan_section_id, count(o.id) as opinions,
            count(o.id) filter (where o.disposition = 'undecided') as undecided
        from opinion_groups g left join opinions o on o.group_id = g.id
        where g.digest_id = :digest_id and g.id = :id group by g.id
        """,
        digest_id=digest_id,
        id=group_id,
    )


async def in_groups(db: Database, groups: list[int]) -> list[Opinion]:
    return await db.records(Opinion, OPINION + "where o.group_id = any(:groups) " + IN_GROUP, groups=groups)


async def in_no_group(
    db: Database, digest_id: int, *, disposition: str, offset: int, limit: int
) -> list[Opinion]:
    """The undecided ones that nobody suggested a group for, or those set aside."""
    return await db.records(
        Opinion,
        OPINION
        + """
        where o.digest_id = :id and o.group_id is null and o.disposition = :disposition and o.part = 'opinion'
        order by o.position, o.id offset :offset limit :limit
        """,
        id=digest_id,
        disposition=disposition,
        offset=offset,
        limit=limit,
    )


async def not_opinions(db: Database, digest_id: int, *, offset: int, limit: int) -> list[Opinion]:
    """What was taken for greetings and quotes of others."""
    return await db.records(
        Opinion,
        OPINION
        + """
        where o.digest_id = :id and o.part <> 'opinion' order by o.position, o.id offset :offset limit :limit
        """,
        id=digest_id,
        offset=offset,
        limit=limit,
    )


async def all_of(db: Database, digest_id: int) -> list[Opinion]:
    """Every opinion, group by group and in each those quoted first; without greetings and quotes."""
    return await db.records(
        Opinion, OPINION + "where o.digest_id = :id and o.part = 'opinion' " + IN_GROUP, id=digest_id
    )


async def by_ids(db: Database, digest_id: int, ids: list[int]) -> list[Opinion]:
    return await db.records(
        Opinion,
        OPINION + "where o.digest_id = :id and o.id = any(:ids) order by o.position, o.id",
        id=digest_id,
        ids=ids,
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


async def find(db: Database, digest_id: int, words: str, limit: int) -> list[Opinion]:
    """Readable opinions that contain the words."""
    return await db.records(
        Opinion,
        OPINION
        + """
        where o.digest_id = :id and position(lower(:words) in lower(o.text)) > 0
            and coalesce(p.state, 'visible') = 'visible' and o.part = 'opinion'
        order by o.position, o.id limit :limit
        """,
        id=digest_id,
        words=words,
        limit=limit,
    )


async def add_group(
    db: Database, digest_id: int, *, position: int, title: str, plan_section_id: int | None
) -> int:
    number: int = await db.value(
        """
        insert into opinion_groups (digest_id, position, title, plan_section_id)
        values (:digest_id, :position, :title, :plan_section_id) returning id
        """,
        digest_id=digest_id,
        position=position,
        title=title,
        plan_section_id=plan_section_id,
    )
    return number


async def add(db: Database, rows: list[dict[str, Any]]) -> None:
    await db.run_many(
        """
        insert into opinions (digest_id, revision_id, submission_id, start_at, end_at, text, sha256, part, kind,
            evidence, disposition, group_id, representative, set_aside_reason, position)
        values (:digest_id, :revision_id, :submission_id, :start_at, :end_at, :text, :sha256, :part, :kind,
            :evidence, :disposition, :group_id, :representative, :reason, :position)
        """,
        rows,
    )


async def mark_copies(db: Database, digest_id: int, copies: list[int], originals: list[int]) -> None:
    """By position within the digest."""
    await db.run(
        """
        update opinions o set copy_of = f.id
        from unnest(cast(:copies as int[]), cast(:originals as int[])) as c (copy, original)
            join opinions f on f.digest_id = :id and f.position = c.original
        where o.digest_id = :id and o.position = c.copy
        """,
        id=digest_id,
        copies=copies,
        originals=originals,
    )


async def recut(
    db: Database, opinion_id: int, *, revision_id: int, start_at: int, end_at: int, sha256: str
) -> None:
    """The same words in a newer revision."""
    await db.run(
        """
        update opinions set revision_id = :revision_id, start_at = :start_at, end_at = :end_at, sha256 = :sha256
        where id = :id
        """,
        id=opinion_id,
        revision_id=revision_id,
        start_at=start_at,
        end_at=end_at,
        sha256=sha256,
    )


async def of_post(db: Database, digest_id: int, post_id: int) -> list[Opinion]:
    """Whatever its state: a text being taken in again is read as it was cut."""
    return await db.records(
        Opinion,
        COLUMNS.format(text="o.text")
        + FROM
        + "where o.digest_id = :id and p.id = :post_id order by o.position, o.start_at",
        id=digest_id,
        post_id=post_id,
    )


async def remove(db: Database, ids: list[int]) -> None:
    await db.run("delete from opinions where id = any(:ids)", ids=ids)


async def last_position(db: Database, digest_id: int) -> int:
    position: int = await db.value(
        "select coalesce(max(position), 0) from opinions where digest_id = :id", id=digest_id
    )
    return position


async def confirm(db: Database, groups: list[int]) -> int:
    """The suggestion becomes a decision."""
    return await db.run(
        """
        update opinions set disposition = case when representative then 'used' else 'merged' end
        where group_id = any(:groups) and disposition = 'undecided'
        """,
        groups=groups,
    )


async def place(db: Database, ids: list[int], group_id: int) -> None:
    """Into the group, by decision; not quoted unless chosen."""
    await db.run(
        """
        update opinions set group_id = :group_id, representative = false, disposition = 'merged',
            set_aside_reason = null, part = 'opinion'
        where id = any(:ids)
        """,
        ids=ids,
        group_id=group_id,
    )


async def join_groups(db: Database, groups: list[int], into: int) -> None:
    await db.run(
        "update opinions set group_id = :into where group_id = any(:groups)", groups=groups, into=into
    )


async def quote(db: Database, ids: list[int], quoted: bool) -> None:
    """Chooses whether confirmed and suggested opinions of groups stand for their group."""
    await db.run(
        """
        update opinions set representative = :quoted, disposition = case
            when disposition = 'undecided' then 'undecided' when :quoted then 'used' else 'merged' end
        where id = any(:ids) and group_id is not null
        """,
        ids=ids,
        quoted=quoted,
    )


async def set_aside(db: Database, ids: list[int], reason: str) -> None:
    await db.run(
        """
        update opinions set disposition = 'set_aside', set_aside_reason = :reason, group_id = null,
            representative = false
        where id = any(:ids)
        """,
        ids=ids,
        reason=reason,
    )


async def bring_back(db: Database, ids: list[int]) -> None:
    """To be decided again, as an opinion whatever it was taken for."""
    await db.run(
        """
        update opinions set disposition = 'undecided', set_aside_reason = null, group_id = null,
            representative = false, part = 'opinion'
        where id = any(:ids)
        """,
        ids=ids,
    )


async def describe(db: Database, group_id: int, *, title: str, summary: str) -> None:
    await db.run(
        "update opinion_groups set title = :title, summary = :summary where id = :id",
        id=group_id,
        title=title,
        summary=summary,
    )


async def tidy(db: Database, digest_id: int) -> None:
    """After an act: no empty groups, no gaps in their numbers, and every group quotes someone."""
    await db.run(
        """
        delete from opinion_groups g where g.digest_id = :id
            and not exists (select from opinions o where o.group_id = g.id)
        """,
        id=digest_id,
    )
    await db.run(
        """
        update opinion_groups g set position = n.position
        from (select id, row_number() over (order by position, id) as position from opinion_groups
            where digest_id = :id) n
        where n.id = g.id and n.position <> g.position
        """,
        id=digest_id,
    )
    await db.run(
        """
        update opinions o set representative = true,
            disposition = case when o.disposition = 'merged' then 'used' else o.disposition end
        from (select distinct on (group_id) id from opinions where digest_id = :id and group_id in (
                select group_id from opinions where digest_id = :id and group_id is not null
                group by group_id having not bool_or(representative))
            order by group_id, copy_of nulls first, position, id) f
        where o.id = f.id
        """,
        id=digest_id,
    )


@dataclass(frozen=True, slots=True)
class Span:
    """An opinion beside the whole text that it claims to be cut from."""

    id: int
    digest_id: int
    start_at: int
    end_at: int
    text: str
    sha256: str
    source_sha256: str
    words: str


async def every_span(db: Database, *, batch: int = 500) -> AsyncIterator[Span]:
    """Every opinion there is, in order of id, a batch at a time."""
    after = 0
    while True:
        found = await db.records(
            Span,
            """
            select o.id, o.digest_id, o.start_at, o.end_at, o.text, o.sha256,
                coalesce(r.sha256, s.sha256, '') as source_sha256, coalesce(r.raw, s.body, '') as words
            from opinions o left join revisions r on r.id = o.revision_id
                left join submissions s on s.id = o.submission_id
            where o.id > :after order by o.id limit :batch
            """,
            after=after,
            batch=batch,
        )
        for span in found:
            yield span
        if len(found) < batch:
            return
        after = found[-1].id
