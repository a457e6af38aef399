"""The form that opens the points of a digest for answers."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.i18n import _
from forum.web import actor_of, database, page, read, redirect, refill
from moderation.digests import covering
from moderation.digests.web.starting import digest_of, zone_of
from moderation.maps import actions, queries, rules
from moderation.maps.rules import Asking


async def form(request: Request) -> Response:
    """Every point is proposed, by the title of its group if everybody may read it; the clerk makes sentences of them."""
    db, actor, digest = database(request), actor_of(request), await digest_of(request)
    if actor.is_guest:
        return redirect(request, f"/login?next=/digests/{digest.id}/map/open")
    if await queries.of_digest(db, digest.id):
        return redirect(request, f"/digests/{digest.id}/map")
    require(rules.can_open(actor, digest, opened=False))
    points = [group for group in await covering.points(db, digest.id) if not covering.is_covered(group)]
    today = clock.now().astimezone(zone_of(request)).date()
    return await page(
        request,
        "maps/ask.html",
        digest=digest,
        proposed="\n".join(f"{group.position} {group.title}" for group in points[: rules.POINTS_MOST]),
        limit=rules.STATEMENT_MAX,
        least=rules.POINTS_LEAST,
        last_day=today + timedelta(days=rules.PROPOSED_DAYS),
    )


@refill(form)
async def ask(request: Request) -> Response:
    db, actor, digest = database(request), actor_of(request), await digest_of(request)
    await actions.ask(db, actor, digest.id, await read(request, Asking), zone_of(request))
    return redirect(request, f"/digests/{digest.id}/map", _("住民が答えられるようになりました。"))


routes = [
    Route("/digests/{id:int}/map/open", form),
    Route("/digests/{id:int}/map/open", ask, methods=["POST"]),
]
