"""Which opinions are answered by other groups, too, than their own."""

from collections.abc import Sequence
from datetime import datetime

from forum.db import Database


async def of_digest(db: Database, digest_id: int) -> list[tuple[int, int]]:
    """Opinions and the groups that answer them besides, as far as both are still there."""
    rows = await db.rows(
        """
        select f.opinion_id, f.group_id from further_answers f
            join opinions o on o.id = f.opinion_id join opinion_groups g on g.id = f.group_id
        where o.digest_id = :id and g.digest_id = :id and o.group_id <> g.id order by f.opinion_id, f.group_id
        """,
        id=digest_id,
    )
    return [(row["opinion_id"], row["group_id"]) for row in rows]


async def replace(
    db: Database, opinion_id: int, groups: Sequence[int], *, added_by: int, now: datetime
) -> None:
    """From now on these answer the opinion besides its own, and no others."""
    await db.run(
        "delete from further_answers where opinion_id = :id and not group_id = any(:groups)",
        id=opinion_id,
        groups=list(groups),
    )
    await db.run(
        """
        insert into further_answers (opinion_id, group_id, added_by, added_at)
        select :id, unnest(cast(:groups as bigint[])), :added_by, :now on conflict do nothing
        """,
        id=opinion_id,
        groups=list(groups),
        added_by=added_by,
        now=now,
    )
