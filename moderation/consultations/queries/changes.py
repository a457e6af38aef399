"""What was changed in a procedure after it was prepared, in order; rows are only ever added."""

from dataclasses import asdict, dataclass
from datetime import datetime

from forum.db import Database, columns
from moderation.consultations.rules.dates import Dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Dates):
    """One change: what it moved, why, and who made it."""

    number: int
    act: str
    reason: str
    made_by: str
    made_at: datetime
    sha256: str


async def of(db: Database, consultation_id: int) -> list[Change]:
    """All changes of a procedure, the first one first."""
    return await db.records(
        Change,
        f"""
        select h.number, h.act, h.reason, a.pen_name as made_by, h.made_at, h.sha256, {columns(Dates)}
        from consultation_changes h join accounts a on a.id = h.made_by
        where h.consultation_id = :id order by h.number
        """,
        id=consultation_id,
    )


async def add(
    db: Database,
    dates: Dates,
    *,
    consultation_id: int,
    number: int,
    act: str,
    reason: str,
    made_by: int,
    made_at: datetime,
    sha256: str,
) -> None:
    await db.run(
        """
        insert into consultation_changes (consultation_id, number, act, closed_at, closes_at, opened_at, opens_at,
            due_before, due_after, reason, made_by, made_at, sha256)
        values (:consultation_id, :number, :act, :closed_at, :closes_at, :opened_at, :opens_at,
            :due_before, :due_after, :reason, :made_by, :made_at, :sha256)
        """,
        consultation_id=consultation_id,
        number=number,
        act=act,
        **asdict(dates),
        reason=reason,
        made_by=made_by,
        made_at=made_at,
        sha256=sha256,
    )
