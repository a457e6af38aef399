"""Notifications by mail."""

from typing import Any

from forum import mail
from forum.accounts.queries import account
from forum.i18n import _, by_locale, in_locale
from forum.jobs import Handler
from forum.notifications import queries
from forum.notifications.wording import worded
from forum.web import Site


async def notification_mail(site: Site, payload: dict[str, Any]) -> None:
    """Sends one notification to its account, if the address is confirmed and it was not read meanwhile."""
    notification = await queries.notification(site.db, payload["notification_id"])
    if notification is None or notification.read_at:
        return
    receiver = await account(site.db, notification.account_id)
    if receiver is None or receiver.confirmed_at is None:
        return
    with in_locale(receiver.locale):
        words = worded(site.renderer, notification)
        text = site.renderer.render_text(
            "mail/notification.txt",
            {"pen_name": receiver.pen_name, "text": words.text, "link": site.settings.link(words.url)},
        )
        subject = _(
            "【%(city)s 市民会議室】%(title)s",
            city=by_locale(site.settings.city, site.settings.city_en),
            title=words.title,
        )
        await mail.send(site.settings, to=receiver.email, subject=subject, text=text)


JOBS: dict[str, Handler] = {"notification_mail": notification_mail}
