"""All SQL of proposed themes as topics."""

from datetime import datetime

from forum.db import Database


async def open_proposed(db: Database, topic_id: int, now: datetime) -> int:
    """It is a topic like any other from now on; the change number of that."""
    change: int = await db.value(
        """
        update topics set changes = changes + 1, head_change = changes + 1, proposed = false, opened_at = :now,
            bumped_at = :now
        where id = :id returning changes
        """,
        id=topic_id,
        now=now,
    )
    return change
