"""All SQL of devices."""

from datetime import datetime

from forum.db import Database
from forum.devices.rules import Device, Subscription

# Of those who are logged in there.
DEVICE = """
select d.id, s.account_id, d.session, d.name, d.endpoint, d.p256dh, d.auth, d.sender_key, d.created_at, d.failing_since
from push_devices d join sessions s on s.token_hash = d.session
where s.expires_at > :now
"""


async def of_account(db: Database, account_id: int, now: datetime) -> list[Device]:
    """Newest first."""
    return await db.records(
        Device, DEVICE + "and s.account_id = :account_id order by d.id desc", account_id=account_id, now=now
    )


async def device(db: Database, device_id: int, now: datetime) -> Device | None:
    return await db.record(Device, DEVICE + "and d.id = :id", id=device_id, now=now)


async def take_turn(db: Database) -> None:
    """One browser after another, until the transaction ends: a button that is pressed twice asks twice at once."""
    await db.run("select pg_advisory_xact_lock(hashtext('push_devices'))")


async def add(
    db: Database, *, session: bytes, name: str, given: Subscription, sender_key: str, now: datetime
) -> None:
    """None where somebody has logged out meanwhile."""
    await db.run(
        """
        insert into push_devices (session, name, endpoint, p256dh, auth, sender_key, created_at)
        select token_hash, :name, :endpoint, :p256dh, :auth, :sender_key, :now from sessions where token_hash = :session
        """,
        session=session,
        name=name,
        endpoint=given.endpoint,
        p256dh=given.p256dh,
        auth=given.auth,
        sender_key=sender_key,
        now=now,
    )


async def forget_same(db: Database, session: bytes, endpoint: str) -> None:
    """What the browser asked for before, whoever was logged in."""
    await db.run(
        "delete from push_devices where session = :session or endpoint = :endpoint",
        session=session,
        endpoint=endpoint,
    )


async def forget_oldest(db: Database, account_id: int, keep: int) -> None:
    await db.run(
        """
        delete from push_devices where id in (
            select d.id from push_devices d join sessions s on s.token_hash = d.session
            where s.account_id = :account_id order by d.id desc offset :keep)
        """,
        account_id=account_id,
        keep=keep,
    )


async def remove(db: Database, account_id: int, device_id: int) -> bool:
    return bool(
        await db.run(
            """
            delete from push_devices d using sessions s
            where d.id = :id and s.token_hash = d.session and s.account_id = :account_id
            """,
            id=device_id,
            account_id=account_id,
        )
    )


async def set_failing(db: Database, device_id: int, since: datetime | None) -> None:
    await db.run("update push_devices set failing_since = :since where id = :id", id=device_id, since=since)
