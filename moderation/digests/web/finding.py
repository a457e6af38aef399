"""Finds the page on which an opinion or a group stands: of a draft on the desk, of what is published for everybody."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.web import database, path_id, redirect
from moderation.digests.ledger import Disposition
from moderation.digests.queries import groups, spans
from moderation.digests.rules import Digest
from moderation.digests.web.paging import OPINIONS_PER_PAGE, page_of, paged
from moderation.digests.web.starting import digest_of


async def opinion(request: Request) -> Response:
    digest, number = await digest_of(request), path_id(request, "opinion")
    placed = await spans.placed(database(request), digest.id, number)
    if placed is None:
        raise NotFound
    anchor = f"#opinion-{number}"
    if placed.group is not None:
        return redirect(request, await page_with(request, digest, placed.group) + anchor)
    at = placed.before // OPINIONS_PER_PAGE + 1
    if digest.is_published:
        return redirect(request, f"/digests/{digest.id}/set-aside?page={at}{anchor}")
    tab = "aside" if placed.disposition == Disposition.SET_ASIDE else "loose"
    return redirect(request, f"/digests/{digest.id}/edit?show={tab}&page={at}{anchor}")


async def group(request: Request) -> Response:
    digest, number = await digest_of(request), path_id(request, "group")
    found = await groups.group(database(request), digest.id, number)
    if found is None:
        raise NotFound
    anchor = f"#group-{found.position if digest.is_published else found.id}"
    return redirect(request, await page_with(request, digest, found.position) + anchor)


async def page_with(request: Request, digest: Digest, position: int) -> str:
    page = page_of(paged(await groups.groups(database(request), digest.id)), position)
    desk = f"/digests/{digest.id}/edit?show=groups&page={page}"
    return f"/digests/{digest.id}?page={page}" if digest.is_published else desk


routes = [
    Route("/digests/{id:int}/opinions/{opinion:int}", opinion),
    Route("/digests/{id:int}/groups/{group:int}", group),
]
