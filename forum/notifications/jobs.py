"""Notifications by mail: what happened at once, or a summary."""

from typing import Any

from forum import clock, mail
from forum.accounts.queries import account
from forum.accounts.rules import Account
from forum.i18n import _, _n, by_locale, in_locale
from forum.jobs import Handler
from forum.notifications import actions, pushing, queries
from forum.notifications.queries import Notification
from forum.notifications.reply_addresses import REPLY_MARK, reply_address
from forum.notifications.rules import ABOUT_POSTS, MAILED_MAX, SUBJECT_OF
from forum.notifications.unsubscribing import address
from forum.notifications.wording import by_topic, office_waits, worded
from forum.web import Site
from forum.zones import in_zone


async def notices_mail(site: Site, payload: dict[str, Any]) -> None:
    """One mail with everything that has come due for the account, if its address is confirmed; none if it was all read
    meanwhile, or sent by another job."""
    async with actions.mailing(site.db, payload["account_id"], site.renderer.zone) as notices:
        receiver = await account(site.db, payload["account_id"]) if notices else None
        if receiver is not None and receiver.gets_mail:
            with in_locale(receiver.locale), in_zone(receiver.time_zone):
                await _send(site, receiver, notices)


async def notification_mail(site: Site, payload: dict[str, Any]) -> None:
    """As the release before asked for it."""
    notification = await queries.notification(site.db, payload["notification_id"])
    if notification is not None:
        await notices_mail(site, {"account_id": notification.account_id})


async def ask_for_summaries(site: Site, payload: dict[str, Any]) -> None:
    await actions.ask_for_summaries(site.db, site.renderer.zone)


async def _send(site: Site, receiver: Account, notices: list[Notification]) -> None:
    several = len(notices) > 1
    waits = await office_waits(site, receiver.id)
    said = [
        worded(site.renderer, notice, under_topic=several, office_waits=waits)
        for notice in notices[:MAILED_MAX]
    ]
    unsubscribe = address(site, receiver.id, sorted({SUBJECT_OF[notice.kind] for notice in notices}))
    reply_to = None if several else _reply_to(site, receiver, notices[0])
    text = site.renderer.render(
        "mail/notices.txt",
        {
            "reply_mark": reply_to and REPLY_MARK,
            "pen_name": receiver.pen_name,
            "groups": by_topic(said),
            "several": several,
            "more": len(notices) - len(said),
            "unsubscribe": unsubscribe,
        },
    )
    title = _n("お知らせ%(n)s件", n=len(notices)) if several else said[0].title
    await mail.send(
        site.settings,
        to=receiver.email,
        subject=_(
            "【%(city)s 市民会議室】%(title)s",
            city=by_locale(site.settings.city, site.settings.city_en),
            title=title,
        ),
        text=text,
        unsubscribe=unsubscribe,
        reply_to=reply_to,
    )


def _reply_to(site: Site, receiver: Account, notice: Notification) -> str | None:
    """Where the person answers by mail: if the mail is about one post that everybody may still read."""
    if SUBJECT_OF[notice.kind] not in ABOUT_POSTS or notice.post_state != "visible":
        return None
    return reply_address(site.settings, receiver.id, notice.params["post"], clock.now())


JOBS: dict[str, Handler] = {
    "notices_mail": notices_mail,
    "notification_mail": notification_mail,
    "notices_push": pushing.notices_push,
    "device_push": pushing.device_push,
}
HOURLY: dict[str, Handler] = {"notices_summaries": ask_for_summaries}
