"""Which opinions are answered by other groups, too, than their own."""

from collections.abc import Sequence
from datetime import datetime

from forum.db import Database


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
