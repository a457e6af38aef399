"""Revisions that are published masked: what is published of them has a hash of its own, and they are named by a seal."""

from forum.db import Database
from moderation.records.rules import Match


async def views(db: Database, beginning: str, limit: int = 20) -> list[Match]:
    """Revisions whose view or seal begins so. Neither is kept: both are made again for all that are masked."""
    return await db.records(
        Match,
        """
        select 'revision' as kind, r.id, case when starts_with(seal.hash, :beginning) then seal.hash else view.hash end as sha256
        from seals s join revisions r on r.post_id = s.post_id
            cross join lateral (select sealed(r.sha256, s.salt) as hash) seal
            cross join lateral (
                select hex_sha256(format(
                    '{"author":%s,"number":%s,"post":%s,"seal":%s,"shown":%s,"time":%s}',
                    to_json(r.author), r.number, r.post_id, to_json(seal.hash), to_json(masked(r.post_id, r.raw)),
                    to_json(to_char(r.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))) as hash
            ) view
        where is_masked(s.post_id) and (starts_with(view.hash, :beginning) or starts_with(seal.hash, :beginning))
        order by r.id limit :limit
        """,
        beginning=beginning,
        limit=limit,
    )
