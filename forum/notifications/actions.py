"""Telling people what became of their words, in the inbox and by mail, as each of them chose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from forum import clock
from forum.db import Database
from forum.devices import queries as devices
from forum.events import Notified, publish
from forum.jobs import enqueue
from forum.mail import NoSuchAddress
from forum.notifications import queries
from forum.notifications.rules import (
    DEFAULTS,
    KINDS,
    MAILED_MAX,
    SUBJECT_OF,
    Choice,
    Mail,
    Subject,
    all_choices,
    last_monday,
    last_morning,
)

log = structlog.get_logger()
# A mail server that has not answered by then does not answer.
MAILING_LASTS = timedelta(minutes=10)
# Who cannot be reached by then hears in the inbox and by mail.
PUSHING_LASTS = timedelta(minutes=5)


async def tell(db: Database, account_id: int, kind: str, url: str, **params: object) -> None:
    """Tells one person. `kind` names the template `notifications/{kind}.txt`, which gets `params`.

    Call it inside the transaction of the act it tells about: all that one act tells a person is one mail.
    """
    await tell_all(db, [account_id], kind, url, **params)


async def tell_all(db: Database, account_ids: list[int], kind: str, url: str, **params: object) -> None:
    """Tells everybody the same, each as they chose; a thousand people cost no more statements than one."""
    told = await queries.add(
        db,
        account_ids=account_ids,
        kind=kind,
        url=url,
        params=params,
        otherwise=DEFAULTS[SUBJECT_OF[kind]],
        now=clock.now(),
    )
    mailed = [one.account_id for one in told if one.mail == Mail.AT_ONCE]
    await enqueue(db, "notices_mail", *({"account_id": number} for number in mailed))
    pushed = [one.account_id for one in told if one.push]
    await enqueue(db, "notices_push", *({"account_id": number} for number in pushed))
    if in_room := [Notified(one.account_id) for one in told if one.in_room]:
        await publish(db, *in_room)


async def tell_more(
    db: Database, account_ids: list[int], kind: str, url: str, *, about: int, **params: object
) -> None:
    """Tells everybody of one more thing of a kind. As long as the first about the same is unread and has not been mailed,
    it only counts up, and still leads to where the person left off."""
    counted = await queries.count_up(db, account_ids, kind, about, DEFAULTS[SUBJECT_OF[kind]])
    await publish(db, *map(Notified, counted))
    if others := [number for number in account_ids if number not in counted]:
        await tell_all(db, others, kind, url, about=about, count=1, **params)


async def open_notification(db: Database, account_id: int, notification: queries.Notification) -> None:
    """The person follows the link: it counts as read."""
    async with db.transaction():
        if await queries.mark_read(db, account_id, [notification.id], clock.now()):
            await publish(db, Notified(account_id))


async def read_all(db: Database, account_id: int) -> None:
    async with db.transaction():
        if await queries.mark_all_read(db, account_id, clock.now()):
            await publish(db, Notified(account_id))


async def choose(db: Database, account_id: int, made: list[Choice]) -> None:
    """How the person hears of things from now on; what waits for a mail that they do not want is not sent."""
    async with db.transaction():
        await queries.choose(db, account_id, made)
        await _drop_mail(db, account_id, [choice.subject for choice in made if choice.mail is Mail.OFF])


async def stop_mail(db: Database, account_id: int, subjects: list[Subject]) -> None:
    """No more mail about these; what is in the inbox stays as it was chosen."""
    async with db.transaction():
        chosen = all_choices(await queries.choices(db, account_id))
        made = [Choice(one.subject, one.in_room, Mail.OFF) for one in chosen if one.subject in subjects]
        await queries.choose(db, account_id, made)
        await _drop_mail(db, account_id, subjects)


async def _drop_mail(db: Database, account_id: int, subjects: list[Subject]) -> None:
    await queries.drop_mail(db, account_id, [kind for subject in subjects for kind in KINDS[subject]])


@asynccontextmanager
async def mailing(db: Database, account_id: int, zone: ZoneInfo) -> AsyncIterator[list[queries.Notification]]:
    """What is to be mailed to the person now, for whoever sends it inside the block: each notice is sent once, by
    one worker, and again if the block fails. Where nobody reads it any more, all of it is in the inbox, and not tried again."""
    now = clock.now()
    ids = await queries.take_to_mail(
        db,
        account_id,
        now=now,
        until=now + MAILING_LASTS,
        morning=last_morning(now, zone),
        monday=last_monday(now, zone),
    )
    try:
        yield await queries.numbered(db, ids) if ids else []
    except NoSuchAddress:
        log.warning("mail.no_such_address", account=account_id)
        await queries.mailed(db, ids, left_out=ids)
    except BaseException:
        await queries.give_back(db, ids)
        raise
    else:
        await queries.mailed(db, ids, left_out=ids[MAILED_MAX:])


async def ask_devices(db: Database, account_id: int) -> None:
    """A message to each device of the person, about everything that waits for them."""
    now = clock.now()
    async with db.transaction():
        if notices := await queries.take_to_push(db, account_id):
            for device in await devices.of_account(db, account_id, now):
                asked = {
                    "device_id": device.id,
                    "notices": notices,
                    "until": (now + PUSHING_LASTS).isoformat(),
                }
                await enqueue(db, "device_push", asked)


async def mail_nothing(db: Database) -> None:
    """Nobody gets mail about what was told so far."""
    async with db.transaction():
        await queries.mail_nothing(db)


async def ask_for_summaries(db: Database, zone: ZoneInfo) -> None:
    """A mail for everybody who has something to read in a summary that has come due."""
    now = clock.now()
    async with db.transaction():
        for account_id in await queries.receivers_of_mail(
            db, now=now, morning=last_morning(now, zone), monday=last_monday(now, zone)
        ):
            await enqueue(db, "notices_mail", {"account_id": account_id})
