"""Second factors: one of an account, sealed."""

from datetime import UTC, datetime

from forum.accounts.factors import SecondFactor
from forum.db import Database, columns

EVER = datetime.min.replace(tzinfo=UTC)


async def factor(db: Database, account_id: int) -> SecondFactor | None:
    return await db.record(
        SecondFactor,
        f"select {columns(SecondFactor)} from second_factors where account_id = :id",
        id=account_id,
    )


async def has_one(db: Database, account_id: int) -> bool:
    return bool(
        await db.value("select exists (select from second_factors where account_id = :id)", id=account_id)
    )


async def add(db: Database, factor: SecondFactor) -> None:
    await db.run(
        """
        insert into second_factors (account_id, sealed, since, last_step)
        values (:id, :sealed, :since, :last_step)
        """,
        id=factor.account_id,
        sealed=factor.sealed,
        since=factor.since,
        last_step=factor.last_step,
    )


async def use(db: Database, factor: SecondFactor) -> None:
    """Keeps what a code that was taken changed."""
    await db.run(
        """
        update second_factors set sealed = :sealed, last_step = :last_step, last_use = :last_use, used_at = :used_at
        where account_id = :id
        """,
        id=factor.account_id,
        sealed=factor.sealed,
        last_step=factor.last_step,
        last_use=factor.last_use,
        used_at=factor.used_at,
    )


async def seal_anew(db: Database, account_id: int, sealed: bytes) -> None:
    await db.run(
        "update second_factors set sealed = :sealed where account_id = :id", id=account_id, sealed=sealed
    )


async def drop(db: Database, account_id: int, since: datetime = EVER) -> bool:
    """Whether there was one, set up then or later."""
    return bool(
        await db.run(
            "delete from second_factors where account_id = :id and since >= :since",
            id=account_id,
            since=since,
        )
    )
