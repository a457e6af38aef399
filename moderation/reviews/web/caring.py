"""The page on which moderators choose how they are spared, for themselves alone."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.addresses import local_path
from forum.i18n import _
from forum.typed import typed
from forum.web import actor_of, database, page, read, redirect, refill
from moderation.reviews import caring, rules
from moderation.reviews.actions import caring as actions
from moderation.reviews.caring import Comforts
from moderation.reviews.queries import caring as queries
from moderation.reviews.views import QUEUE

PAGE = f"{QUEUE}/care"


async def choosing(request: Request) -> Response:
    actor = actor_of(request)
    require(rules.can_see_queue(actor))
    return await page(
        request,
        "reviews/care.html",
        comforts=await queries.comforts(database(request), actor.id or 0),
        minutes=caring.minutes_named(),
        posts=caring.posts_named(),
    )


@refill(choosing)
async def choose(request: Request) -> Response:
    await actions.choose(database(request), actor_of(request), await read(request, Comforts))
    return redirect(request, PAGE, _("保存しました。"))


async def rest(request: Request) -> Response:
    await actions.rest(database(request), actor_of(request))
    return redirect(request, local_path(str((await typed(request)).get("next", QUEUE)), QUEUE))


routes = [
    Route(PAGE, choosing),
    Route(PAGE, choose, methods=["POST"]),
    Route(f"{PAGE}/rest", rest, methods=["POST"]),
]
