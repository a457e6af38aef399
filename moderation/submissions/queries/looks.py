"""The log of looks at submitters; rows are only ever added."""

from datetime import datetime

from forum.db import Database
from moderation.submissions.looking import Look, ShownLook

# A look at what is no more is found as well: it has no hash to rest on.
LOOK = """
select l.number, l.submission_id, coalesce(s.sha256, '') as submission_sha256, l.account_id, l.reason, l.looked_at, l.sha256
from submitter_looks l left join submissions s on s.id = l.submission_id
"""
SHOWN = """
select l.number, s.consultation_id, c.title, s.receipt, a.pen_name, l.reason, l.looked_at
from submitter_looks l join submissions s on s.id = l.submission_id
    join consultations c on c.id = s.consultation_id join accounts a on a.id = l.account_id
"""


async def last_locked(db: Database) -> Look | None:
    """The newest look; no other is added until the transaction ends."""
    await db.run("lock table submitter_looks in share row exclusive mode")
    return await db.record(Look, LOOK + "order by l.number desc limit 1")


async def add(
    db: Database,
    *,
    number: int,
    submission_id: int,
    account_id: int,
    reason: str,
    looked_at: datetime,
    sha256: str,
) -> None:
    await db.run(
        """
        insert into submitter_looks (number, submission_id, account_id, reason, looked_at, sha256)
        values (:number, :submission_id, :account_id, :reason, :looked_at, :sha256)
        """,
        number=number,
        submission_id=submission_id,
        account_id=account_id,
        reason=reason,
        looked_at=looked_at,
        sha256=sha256,
    )


async def every(db: Database) -> list[Look]:
    """The oldest first."""
    return await db.records(Look, LOOK + "order by l.number")


async def of_submission(db: Database, submission_id: int) -> list[ShownLook]:
    """The newest first."""
    return await db.records(
        ShownLook, SHOWN + "where l.submission_id = :id order by l.number desc", id=submission_id
    )


async def page(db: Database, *, before: int, limit: int) -> list[ShownLook]:
    """The newest first, from under the number `before`."""
    return await db.records(
        ShownLook,
        SHOWN + "where l.number < :before order by l.number desc limit :limit",
        before=before,
        limit=limit,
    )
