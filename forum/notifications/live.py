"""The inbox counter moves when something arrives. Its channel is the owner's alone."""

from forum.access import Actor
from forum.accounts import queries as accounts
from forum.events import Event, Notified
from forum.live import Channel, Handler, Live


async def may_hear(live: Live, actor: Actor, name: str) -> bool:
    return actor.id is not None and name == str(actor.id)


async def stamp(live: Live, actor: Actor, name: str) -> int:
    """The counter's own number, as of now."""
    now = await accounts.actor(live.site.db, int(name))
    return now.unread if now else 0


async def arrived(live: Live, event: Notified) -> None:
    live.hub.resync(f"inbox:{event.account_id}")


CHANNELS = {"inbox": Channel(may_hear, stamp=stamp)}
HANDLERS: dict[type[Event], list[Handler]] = {Notified: [arrived]}
