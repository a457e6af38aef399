"""All SQL of notifications."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.db import Database, columns


@dataclass(frozen=True, slots=True)
class Notification:
    id: int
    account_id: int
    kind: str
    url: str
    params: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


async def add(
    db: Database, *, account_id: int, kind: str, url: str, params: dict[str, Any], now: datetime
) -> int:
    number: int = await db.value(
        """
        insert into notifications (account_id, kind, url, params, created_at)
        values (:account_id, :kind, :url, :params, :now) returning id
        """,
        account_id=account_id,
        kind=kind,
        url=url,
        params=params,
        now=now,
    )
    return number


async def notification(db: Database, notification_id: int) -> Notification | None:
    return await db.record(
        Notification, f"select {columns(Notification)} from notifications where id = :id", id=notification_id
    )


async def page_of_account(db: Database, account_id: int, *, before: int, limit: int) -> list[Notification]:
    """The newest first, older than the id `before`."""
    return await db.records(
        Notification,
        f"""
        select {columns(Notification)} from notifications
        where account_id = :account_id and id < :before order by id desc limit :limit
        """,
        account_id=account_id,
        before=before,
        limit=limit,
    )


async def mark_read(db: Database, account_id: int, ids: list[int], now: datetime) -> int:
    return await db.run(
        """
        update notifications set read_at = :now
        where account_id = :account_id and id = any(:ids) and read_at is null
        """,
        account_id=account_id,
        ids=ids,
        now=now,
    )


async def mark_all_read(db: Database, account_id: int, now: datetime) -> int:
    return await db.run(
        "update notifications set read_at = :now where account_id = :account_id and read_at is null",
        account_id=account_id,
        now=now,
    )
