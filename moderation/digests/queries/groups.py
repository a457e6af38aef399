"""Groups of opinions: the points of a digest."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from forum.db import Database
from moderation.digests.queries.opinions import FROM, READABLE, STATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A group by what it is called."""

    id: int
    position: int
    title: str
    summary: str
    theme: str
    plan_section_id: int | None
    # What may not be read any more; asked for where a name is shown.
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Named):
    opinions: int
    undecided: int
    # Of its opinions, as far as they say so themselves.
    support: int = 0
    oppose: int = 0


# Of an opinion: whether its words may not be read any more, or not all of them.
IS_LOST = f"""({STATE} <> 'visible'
    or exists (select from masks m where m.post_id = coalesce(p.id, u.id) and m.lifted_by is null))
"""
# Those of a group, or of opinions in no group any more.
LOST = f"""
with lost as materialized (
    select o.group_id, o.text {FROM}
    where o.digest_id = :id and {IS_LOST}
)
"""
LOST_OF_GROUP = "array(select l.text from lost l where coalesce(l.group_id, g.id) = g.id) as lost"


async def read_words(db: Database, digest_id: int) -> list[str]:
    """Of all its opinions, as far as they may be read."""
    rows = await db.rows(
        f"select {READABLE} as words {FROM} where o.digest_id = :id and {STATE} = 'visible'", id=digest_id
    )
    return [row["words"] for row in rows]


async def lost_words(db: Database, digest_ids: Sequence[int]) -> dict[int, list[str]]:
    """Of the opinions of each digest, those that may not be read any more, or not all of them."""
    rows = await db.rows(
        f"select o.digest_id, o.text {FROM} where o.digest_id = any(:ids) and {IS_LOST}",
        ids=list(digest_ids),
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["digest_id"], []).append(row["text"])
    return found


GROUP = """
select g.id, g.position, g.title, g.summary, g.plan_section_id, count(o.id) as opinions,
    count(o.id) filter (where o.disposition = 'undecided') as undecided, g.theme,
    count(o.id) filter (where o.kind = 'support') as support,
    count(o.id) filter (where o.kind = 'oppose') as oppose{lost}
from opinion_groups g left join opinions o on o.group_id = g.id
where g.digest_id = :id{one} group by g.id order by g.position, g.id
"""


async def groups(db: Database, digest_id: int) -> list[Group]:
    """All groups in order, as they were named; a digest has a few hundred."""
    return await db.records(Group, GROUP.format(lost="", one=""), id=digest_id)


async def to_cover(db: Database, digest_id: int) -> list[Group]:
    """The same with the words that their names may not say."""
    return await db.records(Group, LOST + GROUP.format(lost=f", {LOST_OF_GROUP}", one=""), id=digest_id)


async def group(db: Database, digest_id: int, group_id: int) -> Group | None:
    one = " and g.id = :group_id"
    return await db.record(Group, GROUP.format(lost="", one=one), id=digest_id, group_id=group_id)


async def add_group(
    db: Database,
    digest_id: int,
    *,
    position: int,
    title: str,
    theme: str = "",
    plan_section_id: int | None = None,
) -> int:
    number: int = await db.value(
        """
        insert into opinion_groups (digest_id, position, title, theme, plan_section_id)
        values (:digest_id, :position, :title, :theme, :plan_section_id) returning id
        """,
        digest_id=digest_id,
        position=position,
        title=title,
        theme=theme,
        plan_section_id=plan_section_id,
    )
    return number


async def join_groups(db: Database, groups: list[int], into: int) -> None:
    await db.run(
        "update opinions set group_id = :into where group_id = any(:groups)", groups=groups, into=into
    )


async def confirm(db: Database, groups: list[int]) -> int:
    """The suggestion becomes a decision."""
    return await db.run(
        """
        update opinions set disposition = case when representative then 'used' else 'merged' end
        where group_id = any(:groups) and disposition = 'undecided'
        """,
        groups=groups,
    )


async def describe(
    db: Database, group_id: int, *, title: str, summary: str, theme: str | None = None
) -> None:
    """Without a theme, that stays as it is."""
    await db.run(
        "update opinion_groups set title = :title, summary = :summary, theme = coalesce(:theme, theme) where id = :id",
        id=group_id,
        title=title,
        summary=summary,
        theme=theme,
    )


async def answering_further(db: Database, digest_id: int) -> list[int]:
    """The groups that are left empty, and were to answer opinions of others as well."""
    rows = await db.rows(
        """
        select g.id from opinion_groups g
        where g.digest_id = :id and not exists (select from opinions o where o.group_id = g.id)
            and exists (select from further_answers f join opinions o on o.id = f.opinion_id where f.group_id = g.id)
        order by g.position
        """,
        id=digest_id,
    )
    return [row["id"] for row in rows]


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
