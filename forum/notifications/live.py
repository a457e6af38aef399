"""The inbox moves when something arrives or is read: its counter on every page, and its list. Both are the owner's alone."""

from zlib import crc32

from forum.access import Actor
from forum.accounts import queries as accounts
from forum.events import Event, Notified
from forum.live import Channel, Handler, Live
from forum.notifications import queries
from forum.notifications.queries import Notification
from forum.notifications.rules import PER_PAGE
from forum.paging import NEWEST


async def may_hear(live: Live, actor: Actor, name: str) -> bool:
    return actor.id is not None and name == str(actor.id)


async def stamp(live: Live, actor: Actor, name: str) -> int:
    """The counter's own number, as of now."""
    now = await accounts.actor(live.site.db, int(name))
    return now.unread if now else 0


async def stamp_of_list(live: Live, actor: Actor, name: str) -> int:
    return stamp_of(await queries.page_of_account(live.site.db, int(name), before=NEWEST, limit=PER_PAGE))


def stamp_of(notices: list[Notification]) -> int:
    """A number that differs when what is shown of these notices does."""
    return crc32(repr([(one.id, one.read_at is None, one.params.get("count")) for one in notices]).encode())


async def changed(live: Live, event: Notified) -> None:
    for kind in CHANNELS:
        live.hub.resync(f"{kind}:{event.account_id}")


CHANNELS = {"inbox": Channel(may_hear, stamp=stamp), "notices": Channel(may_hear, stamp=stamp_of_list)}
HANDLERS: dict[type[Event], list[Handler]] = {Notified: [changed]}
