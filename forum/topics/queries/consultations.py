"""Consultations as home mentions them; their slice lies above this one."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class ConsultationLine:
    id: int
    title: str
    section_name: str
    section_name_en: str
    closes_at: datetime
    published_at: datetime | None


CONSULTATION = """
select c.id, c.title, s.name as section_name, s.name_en as section_name_en, c.closes_at, c.published_at
from consultations c join sections s on s.id = c.section_id
"""


async def on_home(db: Database, limit: int, now: datetime) -> list[ConsultationLine]:
    """Those that are open, the first to close first; then the latest results."""
    return await db.records(
        ConsultationLine,
        f"""
        ({CONSULTATION} where c.announced_at is not null and c.state in ('planned', 'open')
            and :now >= c.opens_at and :now < c.closes_at order by c.closes_at)
        union all
        ({CONSULTATION} where c.state = 'published' order by c.published_at desc limit :limit)
        """,
        limit=limit,
        now=now,
    )
