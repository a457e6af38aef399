"""Files with everything about somebody: who asked, where they lie and until when; and how each of the portions is found."""

from collections.abc import Sequence
from datetime import datetime

from forum.db import Database, columns
from forum.people.portions import Everything, Portion
from forum.people.rules import Takeout

TAKEOUT = f"select {columns(Takeout)} from takeouts "


async def everything(db: Database, portions: Sequence[Portion], account_id: int) -> Everything:
    found = []
    for portion in portions:
        rows = [dict(row) for row in await db.rows(portion.sql, account_id=account_id)]
        found.append((portion, await portion.readable(db, rows) if portion.readable else rows))
    return found


async def takeout(db: Database, takeout_id: int) -> Takeout | None:
    return await db.record(Takeout, TAKEOUT + "where id = :id", id=takeout_id)


async def latest(db: Database, account_id: int) -> Takeout | None:
    return await db.record(
        Takeout, TAKEOUT + "where account_id = :id order by id desc limit 1", id=account_id
    )


async def lock(db: Database, account_id: int) -> None:
    """One question of an account at a time, until the transaction ends."""
    await db.run("select from accounts where id = :id for update", id=account_id)


async def add(db: Database, account_id: int, *, key: str, now: datetime, expires_at: datetime) -> int:
    number: int = await db.value(
        """
        insert into takeouts (account_id, key, asked_at, expires_at) values (:account_id, :key, :now, :expires_at)
        returning id
        """,
        account_id=account_id,
        key=key,
        now=now,
        expires_at=expires_at,
    )
    return number


async def ready(db: Database, takeout_id: int, *, size: int, now: datetime, expires_at: datetime) -> bool:
    """Whether it was still wanted."""
    return bool(
        await db.run(
            """
            update takeouts set ready_at = :now, bytes = :size, expires_at = :expires_at
            where id = :id and ready_at is null and expires_at > :now
            """,
            id=takeout_id,
            size=size,
            now=now,
            expires_at=expires_at,
        )
    )


async def end(db: Database, account_id: int) -> None:
    """Those of somebody who has left: the next hour deletes them."""
    await db.run("update takeouts set expires_at = asked_at where account_id = :id", id=account_id)


async def ended(db: Database, now: datetime) -> list[Takeout]:
    return await db.records(Takeout, TAKEOUT + "where expires_at <= :now order by id", now=now)


async def drop(db: Database, takeout_id: int) -> None:
    await db.run("delete from takeouts where id = :id", id=takeout_id)
