"""Coming back: how far somebody has read, and where to go on."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.boards.rules import readable_kinds
from forum.errors import NotFound
from forum.places import actions, queries
from forum.places.rules import Mine, Seen
from forum.posts.queries import posts
from forum.topics import queries as topics
from forum.topics import rules
from forum.topics.queries import transfers
from forum.topics.web.finding import topic_of
from forum.topics.web.leading import leads_on
from forum.web import actor_of, database, page, query_number, read, redirect, wants_fragment

TOPICS_MAX = 50


async def unread(request: Request) -> Response:
    """All topics with new posts since the person read them."""
    actor, db = actor_of(request), database(request)
    if actor.id is None:
        return redirect(request, "/login?next=/unread")
    found = await queries.all_unread(db, actor.id, readable_kinds(actor), TOPICS_MAX)
    rows = await topics.rows(db, list(found))
    shown = [(rules.public_row(rows[topic_id], clock.now()), new) for topic_id, new in found.items()]
    return await page(request, "places/unread.html", topics=shown)


async def go_on(request: Request) -> Response:
    """To the first post that is new, or else to the last that was read."""
    actor, topic = actor_of(request), await topic_of(request)
    if there := leads_on(topic, "unread"):
        return there
    mine = await queries.mine(database(request), actor.id, topic.id, 1, 0, seen=None) if actor.id else Mine()
    if mine.first_unread:
        return redirect(request, f"/topics/{topic.id}?page={rules.page_of(mine.first_unread)}#unread")
    return redirect(request, f"/topics/{topic.id}/at?number={mine.read or 1}")


async def at(request: Request) -> Response:
    """The post with a number, or where that one is not to be seen the nearest one."""
    topic, number = await topic_of(request), query_number(request, "number", 1)
    if topic.moved_out and (signs := await transfers.signs(database(request), topic.id, number, number)):
        gone = signs[0].post_id
        place = f"/topics/{topic.id}?page={rules.page_of(number)}#post-{gone}"
        return redirect(request, f"/posts/{gone}" if topic.merged_into else place)
    found = await posts.nearest(database(request), topic.id, number)
    if found is None:
        raise NotFound
    post_id, there = found
    return redirect(request, f"/topics/{topic.id}?page={rules.page_of(there)}#post-{post_id}")


async def seen(request: Request) -> Response:
    actor, topic = actor_of(request), await topic_of(request)
    number = min((await read(request, Seen)).number, topic.last_number)
    if actor.id is not None:
        await actions.move_mark(database(request), actor.id, topic.id, number)
    return Response(status_code=204) if wants_fragment(request) else redirect(request, f"/topics/{topic.id}")


routes = [
    Route("/unread", unread),
    Route("/topics/{id:int}/unread", go_on),
    Route("/topics/{id:int}/at", at),
    Route("/topics/{id:int}/read", seen, methods=["POST"]),
]
