"""What pages show to their reader alone."""

from collections.abc import Iterable

from starlette.requests import Request

from forum.places import queries
from forum.places.rules import Mine
from forum.web import actor_of, database

# Set by site.js: a script tells what was on the screen. Without one, a page that was sent counts as read.
SCRIPTS = "scripts"


async def mine_on(request: Request, topic_id: int, first: int, last: int) -> Mine | None:
    """On a page with these posts of a topic; nothing to a guest."""
    actor = actor_of(request)
    if actor.id is None:
        return None
    tells = SCRIPTS in request.cookies or request.method != "GET"
    return await queries.mine(
        database(request), actor.id, topic_id, first, last, seen=None if tells else last
    )


async def unread_in(request: Request, topic_ids: Iterable[int]) -> dict[int, int]:
    """New posts by topic, of those that this reader has begun to read."""
    actor = actor_of(request)
    return await queries.unread(database(request), actor.id, list(topic_ids)) if actor.id else {}
