"""Leaving: planned, taken back, carried out."""

from datetime import datetime

from forum import clock
from forum.accounts import queries
from forum.accounts.queries import leaving
from forum.accounts.rules import LEFT
from forum.db import Database
from forum.events import RightsChanged, publish


async def plan_to_leave(
    db: Database, account_id: int, goes: str, leaves_at: datetime, *, closes: bool
) -> None:
    """Notes what goes and when. An account that goes is closed now. Call it inside a transaction."""
    await leaving.plan_to_leave(db, account_id, goes=goes, leaves_at=leaves_at)
    if closes:
        await queries.close_sessions(db, account_id)
        await publish(db, RightsChanged(account_id))


async def due_to_leave(db: Database, now: datetime) -> list[tuple[int, str]]:
    return await leaving.due_to_leave(db, now)


async def still_due(db: Database, account_id: int, now: datetime) -> str | None:
    """What goes of the account now, if anything; nobody takes that back before the transaction ends."""
    return await leaving.still_due(db, account_id, now)


async def stay(db: Database, account_id: int) -> None:
    """Nothing is planned any more. Call it inside a transaction."""
    await leaving.stay(db, account_id)
    await publish(db, RightsChanged(account_id))


async def change_mind(db: Database, account_id: int) -> None:
    """Takes back that something goes, as long as it is there."""
    async with db.transaction():
        await stay(db, account_id)


async def leave(db: Database, account_id: int) -> None:
    """The account is nobody's from now on. What hashes know is the pseudonym, which stays. Call it inside a transaction."""
    await queries.close_sessions(db, account_id)
    await leaving.leave(db, account_id, pen_name=LEFT, now=clock.now())
    await publish(db, RightsChanged(account_id))
