"""Whoever looks at a digest learns that it was compiled, sorted or published; the page asks for the rest."""

from forum.access import Actor
from forum.events import DigestChanged, Event
from forum.live import Channel, Handler, Live
from moderation.digests.queries import digests
from moderation.digests.rules import can_see


async def may_hear(live: Live, actor: Actor, name: str) -> bool:
    is_number = name.isascii() and name.isdigit() and len(name) < 19
    digest = await digests.digest(live.site.db, int(name)) if is_number else None
    return digest is not None and bool(can_see(actor, digest))


async def changed(live: Live, event: DigestChanged) -> None:
    live.hub.resync(f"digest:{event.digest_id}")


CHANNELS = {"digest": Channel(may_hear)}
HANDLERS: dict[type[Event], list[Handler]] = {DigestChanged: [changed]}
