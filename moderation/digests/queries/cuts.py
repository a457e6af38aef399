"""How a source is cut: its words, the spans taken from it, and cutting them anew by hand."""

from dataclasses import dataclass

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Source:
    """The text that an opinion was cut from. `shown` has ■ where a part is masked, letter for letter."""

    revision_id: int | None
    submission_id: int | None
    post_id: int | None
    words: str
    shown: str
    # The masks that cover a part of it, and what names it in the hashes of its opinions.
    masked_by: list[int]
    named: str
    # Whether it can be read and is what its author says now.
    is_current: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A span of it."""

    id: int
    start_at: int
    end_at: int
    part: str
    disposition: str
    group_id: int | None
    # Of the group.
    number: int | None
    reason: str | None


async def source(db: Database, digest_id: int, opinion_id: int) -> Source | None:
    return await db.record(
        Source,
        """
        select o.revision_id, o.submission_id, p.id as post_id, coalesce(r.raw, s.body) as words,
            masked(post_of(o), coalesce(r.raw, s.body)) as shown, masks_of(post_of(o)) as masked_by,
            named(post_of(o), masks_of(post_of(o)), coalesce(r.sha256, s.sha256)) as named,
            not is_hidden(post_of(o)) and coalesce(p.state = 'visible' and p.revision_id = o.revision_id, true)
                as is_current
        from opinions o left join submissions s on s.id = o.submission_id
            left join revisions r on r.id = o.revision_id left join posts p on p.id = r.post_id
        where o.digest_id = :digest_id and o.id = :id
        """,
        digest_id=digest_id,
        id=opinion_id,
    )


async def of_source(db: Database, digest_id: int, source: Source) -> list[Taken]:
    """All that was taken from a text, in its order."""
    return await db.records(
        Taken,
        """
        select o.id, o.start_at, o.end_at, o.part, o.disposition, o.group_id, g.position as number,
            o.set_aside_reason as reason
        from opinions o left join opinion_groups g on g.id = o.group_id
        where o.digest_id = :id
            and (o.revision_id = cast(:revision_id as bigint) or o.submission_id = cast(:submission_id as bigint))
        order by o.start_at
        """,
        id=digest_id,
        revision_id=source.revision_id,
        submission_id=source.submission_id,
    )


async def cut(db: Database, rows: list[dict[str, object]]) -> None:
    await db.run_many(
        """
        update opinions set start_at = :start_at, end_at = :end_at, text = :text, sha256 = :sha256, masked_by = :masked_by,
            kind = :kind, evidence = :evidence
        where id = :id
        """,
        rows,
    )


async def part_from_copies(db: Database, ids: list[int]) -> None:
    """They no longer say the same as others; of the copies of one, the first is now what the others are copies of."""
    await db.run(
        """
        update opinions c set copy_of = nullif(f.first, c.id)
        from (select copy_of, min(id) as first from opinions
            where copy_of = any(:ids) and id <> all(:ids) group by copy_of) f
        where c.copy_of = f.copy_of
        """,
        ids=ids,
    )
    await db.run("update opinions set copy_of = null where id = any(:ids)", ids=ids)
