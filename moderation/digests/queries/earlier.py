"""Where opinions stood in a digest that was published before, or why they were set aside there."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Stood:
    """The group in which people published an opinion, or their reason to set it aside; by the hash of the opinion and of that
    digest."""

    opinion: str
    digest_id: int
    digest: str
    group_id: int | None
    reason: str | None


async def places(db: Database, opinions: Sequence[str]) -> list[Stood]:
    """In the newest published digest that has any of these opinions, word for word in the same place of the same text."""
    return await db.records(
        Stood,
        """
        with newest as (
            select d.id, d.sha256 from opinions o join digests d on d.id = o.digest_id
            where o.sha256 = any(:opinions) and o.part = 'opinion' and d.state = 'published'
            order by d.published_at desc, d.id desc limit 1
        )
        select o.sha256 as opinion, n.id as digest_id, n.sha256 as digest, g.id as group_id,
            o.set_aside_reason as reason
        from newest n join opinions o on o.digest_id = n.id left join opinion_groups g on g.id = o.group_id
        where o.sha256 = any(:opinions) and o.part = 'opinion' order by g.position, o.position, o.id
        """,
        opinions=opinions,
    )
