"""Whoever looks at a digest learns that it was compiled, sorted or published; the page asks for the rest."""

from forum.access import Actor
from forum.events import DigestChanged, Event, TopicMoved
from forum.live import Channel, Handler, Live, row_id
from moderation.digests.queries import digests
from moderation.digests.rules import can_see


async def may_hear(live: Live, actor: Actor, name: str) -> bool:
    number = row_id(name)
    digest = await digests.digest(live.site.db, number) if number else None
    return digest is not None and bool(can_see(actor, digest))


async def stamp(live: Live, actor: Actor, name: str) -> int:
    digest = await digests.digest(live.site.db, int(name))
    return digest.stamp if digest else 0


async def changed(live: Live, event: DigestChanged) -> None:
    live.hub.resync(f"digest:{event.digest_id}")


async def judge_anew(live: Live, event: TopicMoved) -> None:
    """Whose a draft is depends on the boards of the topics it reads."""
    for number in await digests.drafts_that_read(live.site.db, event.topic_id):
        live.hub.close_channel(f"digest:{number}")


CHANNELS = {"digest": Channel(may_hear, stamp=stamp)}
HANDLERS: dict[type[Event], list[Handler]] = {DigestChanged: [changed], TopicMoved: [judge_anew]}
