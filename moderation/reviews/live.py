"""The queue moves while a moderator looks at it: its counter in the header, and its list."""

from forum.access import Actor
from forum.events import Event, QueueChanged, TopicMoved
from forum.live import Channel, Handler, Live
from moderation.reviews.queries import queue
from moderation.reviews.rules import can_see_queue

CHANNEL = "queue"


async def may_hear(live: Live, actor: Actor, name: str) -> bool:
    return not name and bool(can_see_queue(actor))


async def stamp(live: Live, actor: Actor, name: str) -> int:
    return (await queue.waiting(live.site.db, actor)).stamp


async def queue_changed(live: Live, event: Event) -> None:
    """Says only that something changed: what it is depends on the boards of each moderator, whose page asks."""
    live.hub.resync(CHANNEL)


CHANNELS = {CHANNEL: Channel(may_hear, stamp=stamp)}
HANDLERS: dict[type[Event], list[Handler]] = {QueueChanged: [queue_changed], TopicMoved: [queue_changed]}
