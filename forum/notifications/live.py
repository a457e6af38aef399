"""The inbox counter moves when something arrives. Its channel is the owner's alone."""

from forum.access import Actor
from forum.events import Event, Notified
from forum.live import Channel, Handler, Live


async def may_hear(live: Live, actor: Actor, name: str) -> bool:
    return actor.id is not None and name == str(actor.id)


async def arrived(live: Live, event: Notified) -> None:
    live.hub.resync(f"inbox:{event.account_id}")


CHANNELS = {"inbox": Channel(may_hear)}
HANDLERS: dict[type[Event], list[Handler]] = {Notified: [arrived]}
