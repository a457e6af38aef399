"""Notices on devices, at once: one line, and where it leads."""

import json
from datetime import datetime
from typing import Any

from forum import clock
from forum.accounts.queries import account
from forum.devices import actions as devices
from forum.devices.queries import device as device_of
from forum.devices.sending import Undelivered
from forum.i18n import _, _n, in_locale, language
from forum.notifications import actions, queries
from forum.notifications.queries import Notification
from forum.notifications.wording import office_waits, worded
from forum.web import Site
from forum.zones import in_zone

# Of the title; a screen shows less.
LETTERS_MAX = 150


async def notices_push(site: Site, payload: dict[str, Any]) -> None:
    """Everything that waits for the devices of the account; each is tried by itself."""
    if site.settings.vapid_private_key:
        await actions.ask_devices(site.db, payload["account_id"])


async def device_push(site: Site, payload: dict[str, Any]) -> None:
    """One message to one device about what was not read meanwhile, as it may be said now. Tried again for some minutes."""
    device = await device_of(site.db, payload["device_id"], clock.now())
    notices = [one for one in await queries.numbered(site.db, payload["notices"]) if one.read_at is None]
    receiver = await account(site.db, device.account_id) if device and notices else None
    if device is None or receiver is None:
        return
    waits = await office_waits(site, receiver.id)
    with in_locale(receiver.locale), in_zone(receiver.time_zone):
        text = message(site, notices, waits)
    try:
        await devices.deliver(site.db, site.settings, device, text)
    except Undelivered:
        if clock.now() < datetime.fromisoformat(payload["until"]):
            raise


def message(site: Site, notices: list[Notification], waits: bool) -> str:
    """What `push/worker.js` shows: the line of the notice, or how many there are. A later one about the same takes its place."""
    if len(notices) == 1:
        said = worded(site.renderer, notices[0], office_waits=waits).title
        url = f"/inbox/{notices[0].id}"
    else:
        said, url = _n("お知らせ%(n)s件", n=len(notices)), "/inbox"
    shown = {"title": said[:LETTERS_MAX], "body": _("IT市民会議室"), "lang": language(), "url": url}
    return json.dumps(shown, ensure_ascii=False)
