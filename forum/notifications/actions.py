"""Telling people what became of their words: in the inbox at once, by mail through a job."""

from forum import clock
from forum.db import Database
from forum.events import Notified, publish
from forum.jobs import enqueue
from forum.notifications import queries


async def tell(db: Database, account_id: int, kind: str, url: str, **params: object) -> None:
    """Tells one person. `kind` names the template `notifications/{kind}.txt`, which gets `params`.

    Call it inside the transaction of the act it tells about.
    """
    number = await queries.add(db, account_id=account_id, kind=kind, url=url, params=params, now=clock.now())
    await enqueue(db, "notification_mail", {"notification_id": number})
    await publish(db, Notified(account_id))


async def open_notification(db: Database, account_id: int, notification: queries.Notification) -> None:
    """The person follows the link: it counts as read."""
    async with db.transaction():
        await queries.mark_read(db, account_id, [notification.id], clock.now())


async def read_all(db: Database, account_id: int) -> None:
    async with db.transaction():
        await queries.mark_all_read(db, account_id, clock.now())
