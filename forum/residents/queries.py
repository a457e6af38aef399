"""All SQL of verified residents."""

from datetime import datetime

from forum.db import Database, columns
from forum.residents.rules import Number, Residence

RESIDENCE = """
select r.id, r.account_id, a.pen_name, r.verified_at, r.verified_by as by_id, v.pen_name as by, r.ended_at,
    e.pen_name as ended_by, r.reason
from residences r join accounts a on a.id = r.account_id join accounts v on v.id = r.verified_by
    left join accounts e on e.id = r.ended_by
"""


async def number_of(db: Database, account_id: int, now: datetime) -> Number | None:
    return await db.record(
        Number,
        f"select {columns(Number)} from residence_numbers where account_id = :id and expires_at > :now",
        id=account_id,
        now=now,
    )


async def account_of(db: Database, number: str, now: datetime) -> int | None:
    found: int | None = await db.value(
        "select account_id from residence_numbers where number = :number and expires_at > :now",
        number=number,
        now=now,
    )
    return found


async def set_number(db: Database, number: Number) -> None:
    """In place of the one of before. Raises where somebody else has it."""
    await db.run(
        """
        insert into residence_numbers (account_id, number, expires_at) values (:account_id, :number, :expires_at)
        on conflict (account_id) do update set number = excluded.number, expires_at = excluded.expires_at
        """,
        account_id=number.account_id,
        number=number.number,
        expires_at=number.expires_at,
    )


async def drop_number(db: Database, account_id: int) -> None:
    await db.run("delete from residence_numbers where account_id = :account_id", account_id=account_id)


async def forget_numbers(db: Database, now: datetime) -> None:
    await db.run("delete from residence_numbers where expires_at <= :now", now=now)


async def add(db: Database, account_id: int, *, by: int, now: datetime) -> bool:
    """Whether there was none."""
    return bool(
        await db.run(
            """
            insert into residences (account_id, verified_by, verified_at) values (:account_id, :by, :now)
            on conflict (account_id) where ended_at is null do nothing
            """,
            account_id=account_id,
            by=by,
            now=now,
        )
    )


async def end(db: Database, residence_id: int, *, by: int, reason: str, now: datetime) -> int | None:
    """Whose it was, unless it has ended before."""
    whose: int | None = await db.value(
        """
        update residences set ended_by = :by, ended_at = :now, reason = :reason where id = :id and ended_at is null
        returning account_id
        """,
        id=residence_id,
        by=by,
        now=now,
        reason=reason,
    )
    return whose


async def residence(db: Database, residence_id: int) -> Residence | None:
    return await db.record(Residence, RESIDENCE + "where r.id = :id", id=residence_id)


async def of_account(db: Database, account_id: int) -> Residence | None:
    """The one that holds."""
    return await db.record(
        Residence, RESIDENCE + "where r.account_id = :id and r.ended_at is null", id=account_id
    )


async def newest(db: Database, *, before: int, limit: int) -> list[Residence]:
    return await db.records(
        Residence,
        RESIDENCE + "where r.id < :before order by r.id desc limit :limit",
        before=before,
        limit=limit,
    )


async def forget(db: Database, account_id: int) -> None:
    """What was found out about whoever leaves."""
    await drop_number(db, account_id)
    await db.run("delete from residences where account_id = :account_id", account_id=account_id)
