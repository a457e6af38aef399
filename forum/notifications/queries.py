"""All SQL of notifications."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Notification:
    """What somebody is told. `post_state` and `topic_state` are those of the `post` in the parameters, if it names one."""

    id: int
    account_id: int
    kind: str
    url: str
    params: dict[str, Any]
    created_at: datetime
    read_at: datetime | None
    post_state: str | None
    topic_state: str | None


NOTIFICATION = """
select n.id, n.account_id, n.kind, n.url,
    case when is_masked(p.id) and n.params ? 'excerpt'
        then jsonb_set(n.params, '{excerpt}', to_jsonb(coalesce((
            select left(masked(p.id, raw), length(n.params ->> 'excerpt')) from revisions
            where post_id = p.id and (starts_with(raw, n.params ->> 'excerpt')
                or starts_with(masked(p.id, raw), n.params ->> 'excerpt')) order by number desc limit 1), '')))
        else n.params end as params, n.created_at, n.read_at, p.state as post_state,
    t.state as topic_state
from notifications n
    left join posts p on p.id = cast(n.params ->> 'post' as bigint)
    left join topics t on t.id = p.topic_id
"""


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
    return await db.record(Notification, NOTIFICATION + "where n.id = :id", id=notification_id)


async def page_of_account(db: Database, account_id: int, *, before: int, limit: int) -> list[Notification]:
    """The newest first, older than the id `before`."""
    return await db.records(
        Notification,
        NOTIFICATION + "where n.account_id = :account_id and n.id < :before order by n.id desc limit :limit",
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
