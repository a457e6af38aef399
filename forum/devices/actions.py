"""Adding and removing devices, and reaching them."""

from datetime import datetime

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.devices import queries
from forum.devices.rules import DEVICES_MAX, FAILS_AT_MOST, Device, Subscription, can_add_device
from forum.devices.sending import Gone, Undelivered, public_key, send
from forum.errors import NotFound
from forum.settings import Settings


async def add(
    db: Database, settings: Settings, actor: Actor, session: bytes, name: str, given: Subscription
) -> None:
    """The browser of the session hears from now on; it says anew whatever it said before."""
    sender_key = public_key(settings)
    if sender_key is None:
        raise NotFound
    async with db.transaction():
        require(can_add_device(actor))
        assert actor.id is not None
        await queries.take_turn(db)
        await queries.forget_same(db, session, given.endpoint)
        await queries.add(db, session=session, name=name, given=given, sender_key=sender_key, now=clock.now())
        await queries.forget_oldest(db, actor.id, DEVICES_MAX)


async def remove(db: Database, account_id: int, device_id: int) -> None:
    async with db.transaction():
        if not await queries.remove(db, account_id, device_id):
            raise NotFound


async def deliver(db: Database, settings: Settings, device: Device, message: str) -> None:
    """Sends the message, outside of any transaction. A device that is gone is forgotten, and so is one that fails for days.
    Raises Undelivered if trying again may help."""
    try:
        await send(settings, device, message)
    except Gone:
        await _forget(db, device)
    except Undelivered:
        since = device.failing_since or clock.now()
        if clock.now() - since > FAILS_AT_MOST:
            return await _forget(db, device)
        await _note(db, device, since)
        raise
    else:
        await _note(db, device, None)


async def _forget(db: Database, device: Device) -> None:
    async with db.transaction():
        await queries.remove(db, device.account_id, device.id)


async def _note(db: Database, device: Device, failing_since: datetime | None) -> None:
    if failing_since != device.failing_since:
        async with db.transaction():
            await queries.set_failing(db, device.id, failing_since)
