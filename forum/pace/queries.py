"""The pace table: one row per limited key, one statement per question."""

from datetime import datetime, timedelta

from forum.db import Database

# Generic cell rate algorithm: `arrival` is when the key will have used up nothing of its burst.
TAKE = """
insert into paces as p (key, arrival) values (:key, cast(:now as timestamptz) + :every)
on conflict (key) do update set arrival = greatest(p.arrival, :now) + :every
    where greatest(p.arrival, :now) + :every <= cast(:now as timestamptz) + :tolerance
returning true
"""


async def take(db: Database, key: str, *, now: datetime, every: timedelta, tolerance: timedelta) -> bool:
    """Whether the key may act now; if so the act is counted."""
    return bool(await db.value(TAKE, key=key, now=now, every=every, tolerance=tolerance))


async def arrival(db: Database, key: str) -> datetime | None:
    moment: datetime | None = await db.value("select arrival from paces where key = :key", key=key)
    return moment


async def forget_idle(db: Database, *, now: datetime) -> int:
    """Drops keys whose limits have long recovered."""
    return await db.run("delete from paces where arrival < :now", now=now)
