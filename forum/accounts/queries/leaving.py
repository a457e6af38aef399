"""Leaving: planned, taken back, carried out."""

from datetime import datetime

from forum.db import Database


async def plan_to_leave(db: Database, account_id: int, *, goes: str, leaves_at: datetime) -> None:
    await db.run(
        "update accounts set leaving = :goes, leaves_at = :leaves_at where id = :id and left_at is null",
        id=account_id,
        goes=goes,
        leaves_at=leaves_at,
    )


async def stay(db: Database, account_id: int) -> None:
    await db.run("update accounts set leaving = null, leaves_at = null where id = :id", id=account_id)


async def due_to_leave(db: Database, now: datetime) -> list[tuple[int, str]]:
    """(account, what goes) of all whose time has come."""
    rows = await db.rows("select id, leaving from accounts where leaves_at <= :now order by id", now=now)
    return [(row["id"], row["leaving"]) for row in rows]


async def still_due(db: Database, account_id: int, now: datetime) -> str | None:
    goes: str | None = await db.value(
        "select leaving from accounts where id = :id and leaves_at <= :now for update", id=account_id, now=now
    )
    return goes


async def leave(db: Database, account_id: int, *, pen_name: str, now: datetime) -> None:
    """The keys are those of nobody: longer than a name, and no address."""
    await db.run(
        """
        update accounts set pen_name = :pen_name, pen_name_key = 'left ' || pseudonym, email = '',
            email_key = 'left ' || pseudonym, password_hash = '', role = 'resident', section_id = null,
            named_while_reading = false, time_zone = null, leaving = null, leaves_at = null, left_at = :now
        where id = :id
        """,
        id=account_id,
        pen_name=pen_name,
        now=now,
    )
