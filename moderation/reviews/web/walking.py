"""From one item of the queue to the next, whatever they are about."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.web import actor_of, database, path_id, redirect
from moderation.reviews.queries import queue
from moderation.reviews.rules import can_see_queue
from moderation.reviews.targets import Target
from moderation.reviews.views import QUEUE
from moderation.reviews.web.listing import view_of


async def following(target: Target, request: Request) -> Response:
    """The next item, without deciding on this one."""
    require(can_see_queue(actor_of(request)))
    return redirect(request, await next_address(request, target))


async def next_address(request: Request, target: Target) -> str:
    """The address of the next item of the view, from the beginning again after the last; of the list if there is none.
    Its beginning, wherever on the page the form was."""
    db, actor, view = database(request), actor_of(request), view_of(request)
    key = await queue.key_of(db, target, path_id(request))
    found = await queue.next_after(db, actor, view, key) or await queue.next_after(db, actor, view, None)
    return view.address(found or QUEUE) + "#main"


routes = [Route(f"{target.path}/{{id:int}}/next", partial(following, target)) for target in Target]
