"""What is published, as lists."""

from forum.db import Database
from moderation.records.rules import Published

LISTED = "select id, title, sha256, published_at from {} where state = 'published' order by published_at desc, id desc"


async def digests(db: Database) -> list[Published]:
    """Every published digest, the newest first."""
    return await db.records(Published, LISTED.format("digests"))


async def maps(db: Database) -> list[Published]:
    """Every opinion map by the id and title of its digest, the newest first."""
    return await db.records(
        Published,
        """
        select d.id, d.title, m.sha256, m.drawn_at as published_at
        from maps m join digests d on d.id = m.digest_id where m.drawn_at is not null
        order by m.drawn_at desc, m.id desc
        """,
    )


async def results(db: Database) -> list[Published]:
    return await db.records(Published, LISTED.format("consultations"))
