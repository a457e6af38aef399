"""What sections were asked about the opinions of a digest and have not answered yet."""

from dataclasses import dataclass
from datetime import datetime

from forum.clock import last_moment
from forum.db import Database


@dataclass(frozen=True, slots=True)
class Asked:
    id: int
    title: str
    section: str
    section_en: str
    due_at: datetime

    @property
    def until(self) -> datetime:
        """The last moment that is in time."""
        return last_moment(self.due_at)


async def unanswered(db: Database, digest_id: int) -> list[Asked]:
    """The first due first."""
    return await db.records(
        Asked,
        """
        select i.id, i.title, s.name as section, s.name_en as section_en, i.due_at
        from inquiries i join sections s on s.id = i.to_section_id
        where i.digest_id = :id and i.outcome is null order by i.due_at, i.id
        """,
        id=digest_id,
    )
