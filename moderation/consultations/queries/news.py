"""What happened in public with the consultations of a town, for those who follow them."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class News:
    """One event: `announce`, `open`, `correct`, `publish`, or the act of a change."""

    consultation_id: int
    title: str
    summary: str
    act: str
    at: datetime
    closes_at: datetime
    reason: str


async def newest(db: Database, now: datetime, limit: int) -> list[News]:
    """The newest first. What is still prepared is nobody else's business."""
    return await db.records(
        News,
        """
        select c.id as consultation_id, c.title, c.summary, n.act, n.at, n.closes_at, n.reason
        from consultations c cross join lateral (
            select 'announce' as act, c.announced_at as at, c.closes_at, '' as reason
            union all select 'open', c.opens_at, c.closes_at, '' where c.announced_at < c.opens_at
                and not exists (select from consultation_changes h where h.consultation_id = c.id
                    and h.act in ('skip', 'withdraw') and h.made_at < c.opens_at)
            union all select 'publish', c.published_at, c.closes_at, ''
            union all select h.act, h.made_at, h.closes_at, h.reason from consultation_changes h
                where h.consultation_id = c.id
            union all select 'correct', v.made_at, c.closes_at, v.reason from plan_versions v
                where v.consultation_id = c.id and v.number > 1
        ) n
        where (c.announced_at is not null or c.state <> 'planned') and n.at <= :now
        order by n.at desc, c.id desc limit :limit
        """,
        now=now,
        limit=limit,
    )
