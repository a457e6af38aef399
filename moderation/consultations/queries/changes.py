"""What was changed in a procedure after it was prepared, in order; rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the end of the period before and after, and why."""

    number: int
    act: str
    closed_at: datetime
    closes_at: datetime
    reason: str
    made_at: datetime
    sha256: str


async def of(db: Database, consultation_id: int) -> list[Change]:
    """All changes of a procedure, the first one first."""
    return await db.records(
        Change,
        """
        select number, act, closed_at, closes_at, reason, made_at, sha256 from consultation_changes
        where consultation_id = :id order by number
        """,
        id=consultation_id,
    )


async def add(
    db: Database,
    *,
    consultation_id: int,
    number: int,
    act: str,
    closed_at: datetime,
    closes_at: datetime,
    reason: str,
    made_by: int,
    made_at: datetime,
    sha256: str,
) -> None:
    await db.run(
        """
        insert into consultation_changes (consultation_id, number, act, closed_at, closes_at, reason, made_by,
            made_at, sha256)
        values (:consultation_id, :number, :act, :closed_at, :closes_at, :reason, :made_by, :made_at, :sha256)
        """,
        consultation_id=consultation_id,
        number=number,
        act=act,
        closed_at=closed_at,
        closes_at=closes_at,
        reason=reason,
        made_by=made_by,
        made_at=made_at,
        sha256=sha256,
    )
