"""Renewing, taking over and giving back the claim on an item, mostly by the script of its page."""

from functools import partial

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forum.access import require
from forum.i18n import _
from forum.text import AwareMoment
from forum.web import actor_of, database, path_id, read, redirect, wants_fragment
from moderation.reviews import rules
from moderation.reviews.actions import claiming
from moderation.reviews.queries.claims import Claim
from moderation.reviews.targets import Target
from moderation.reviews.web.listing import view_of


class Held(BaseModel):
    """Which claim a page holds: that until this moment."""

    until: AwareMoment


async def opened(request: Request, number: int, target: Target = Target.POST) -> Claim | None:
    """The claim of whoever opens the page of an item. The script of an open page asks for it again when the queue changes."""
    again = request.headers.get("sec-fetch-dest") == "empty"
    return await claiming.claim(database(request), actor_of(request), number, target, again=again)


async def claim(target: Target, request: Request) -> Response:
    """The script of an open page goes on looking; a person takes over."""
    number, renewing = path_id(request), wants_fragment(request)
    held = await claiming.claim(database(request), actor_of(request), number, target, take_over=not renewing)
    mine = held.claimed_until if held and held.claimed_by == actor_of(request).id else None
    if renewing:
        return PlainTextResponse(mine.isoformat() if mine else "")
    # Where nothing waits any more, the page says what was decided.
    there = view_of(request).address(target.page(number))
    return redirect(request, there, _("引き継ぎました。") if mine else None)


async def release(target: Target, request: Request) -> Response:
    require(rules.can_see_queue(actor_of(request)))
    held = await read(request, Held)
    await claiming.release(database(request), actor_of(request), path_id(request), held.until, target)
    return Response(status_code=204)


routes = [
    Route(f"{target.path}/{{id:int}}/{name}", partial(handler, target), methods=["POST"])
    for target in Target
    for name, handler in (("claim", claim), ("release", release))
]
