"""Who follows a consultation, or all of them; and what time alone brought and was told to them."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Call:
    """A moment that came by itself: the period began (`open`), ends in three days (`soon`), or ended (`closed`)."""

    consultation_id: int
    act: str
    due_at: datetime


async def follows(db: Database, account_id: int, consultation_id: int | None) -> bool:
    found: bool = await db.value(
        """
        select exists (select from consultation_followers
            where account_id = :account_id and consultation_id is not distinct from :consultation_id)
        """,
        account_id=account_id,
        consultation_id=consultation_id,
    )
    return found


async def add(db: Database, account_id: int, consultation_id: int | None, now: datetime) -> None:
    await db.run(
        """
        insert into consultation_followers (account_id, consultation_id, followed_at)
        values (:account_id, :consultation_id, :now) on conflict do nothing
        """,
        account_id=account_id,
        consultation_id=consultation_id,
        now=now,
    )


async def remove(db: Database, account_id: int, consultation_id: int | None) -> None:
    await db.run(
        """
        delete from consultation_followers
        where account_id = :account_id and consultation_id is not distinct from :consultation_id
        """,
        account_id=account_id,
        consultation_id=consultation_id,
    )


async def of(db: Database, consultation_id: int) -> list[int]:
    """The accounts that follow it, by itself or with all others."""
    rows = await db.rows(
        """
        select distinct account_id from consultation_followers
        where consultation_id = :id or consultation_id is null order by account_id
        """,
        id=consultation_id,
    )
    return [row["account_id"] for row in rows]


async def due(db: Database, now: datetime, since: datetime) -> list[Call]:
    """What came since then and is not told yet. That it was closed early is told by whoever closed it."""
    return await db.records(
        Call,
        """
        select c.id as consultation_id, n.act, n.due_at from consultations c cross join lateral (
            select 'open' as act, c.opens_at as due_at
            union all select 'soon', c.closes_at - interval '3 days' where c.closes_at > :now
                and c.closes_at - interval '3 days' > c.opens_at
            union all select 'closed', c.closes_at where not exists (select from consultation_changes h
                where h.consultation_id = c.id and h.act = 'close' and h.closes_at = c.closes_at)
        ) n
        where c.announced_at is not null and c.state in ('planned', 'open', 'closed')
            and n.due_at > :since and n.due_at <= :now
            and not exists (select from consultation_calls t
                where t.consultation_id = c.id and t.act = n.act and t.due_at = n.due_at)
        order by n.due_at, c.id
        """,
        now=now,
        since=since,
    )


async def note(db: Database, call: Call, now: datetime) -> None:
    await db.run(
        """
        insert into consultation_calls (consultation_id, act, due_at, told_at)
        values (:consultation_id, :act, :due_at, :now) on conflict do nothing
        """,
        consultation_id=call.consultation_id,
        act=call.act,
        due_at=call.due_at,
        now=now,
    )


async def forget(db: Database, account_id: int) -> None:
    """What somebody followed who has left."""
    await db.run("delete from consultation_followers where account_id = :id", id=account_id)
