"""Which rights requests are late: their periods are read from their steps."""

from datetime import datetime, tzinfo

from forum.db import Database
from moderation.rights import queries, rules
from moderation.rights.rules import Filed, Stage


async def late_requests(db: Database, now: datetime, zone: tzinfo) -> list[tuple[Filed, datetime]]:
    """Those on which a moderator should have acted, and until when. The author's own period is nobody's delay."""
    filed = await queries.open_requests(db)
    steps = await queries.steps_of_all(db, [one.id for one in filed])
    ends = [
        (one, rules.due(one.filed_at, steps[one.id], now, zone))
        for one in filed
        if rules.stage(steps[one.id], now) is not Stage.ASKED
    ]
    return [(one, end) for one, end in ends if end is not None and end <= now]
