"""A published digest: as a page, as data, and the way from a person to their own words."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.posts.rules import shown_title
from forum.web import actor_of, database, page, redirect, site
from moderation.digests import covering
from moderation.digests.balancing import ledger_of
from moderation.digests.kinds import NAMES as KIND_NAMES
from moderation.digests.publication import data_of, for_everyone
from moderation.digests.queries import digests, objections, opinions
from moderation.digests.rules import Digest, can_edit
from moderation.digests.web.paging import OPINIONS_PER_PAGE, count, page_of, paged
from moderation.digests.web.sorting import voices, with_voices
from moderation.digests.web.starting import digest_of
from moderation.digests.web.viewing import view_of
from moderation.submissions.rules import CHANNEL_NAMES


async def published(request: Request) -> Digest:
    digest = await digest_of(request)
    if not digest.is_published:
        raise NotFound
    return digest


async def show(request: Request) -> Response:
    digest = await digest_of(request)
    if not digest.is_published:
        return redirect(request, f"/digests/{digest.id}/edit")
    db, actor, number = database(request), actor_of(request), view_of(request).page
    points = await covering.points(db, digest.id)
    pages = paged(points)
    if number > len(pages):
        raise NotFound
    shown = pages[number - 1]
    said = await opinions.in_groups(db, [group.id for group in shown])
    return await page(
        request,
        "digests/show.html",
        digest=digest,
        ledger=await ledger_of(db, digest),
        groups=points,
        laid=with_voices(shown, said),
        sources=await digests.sources(db, digest.id),
        mine=await opinions.of_person(db, digest.id, actor.id) if actor.id else [],
        beside=await objections.beside(db, digest.id),
        edits=can_edit(actor, digest),
        page_number=number,
        last_page=len(pages),
        page_of=partial(page_of, pages),
        shown_title=shown_title,
        ways=CHANNEL_NAMES,
        kinds=KIND_NAMES,
    )


async def set_aside(request: Request) -> Response:
    db, digest, number = database(request), await published(request), view_of(request).page
    ledger = await ledger_of(db, digest)
    said = await opinions.in_no_group(
        db,
        digest.id,
        disposition="set_aside",
        offset=(number - 1) * OPINIONS_PER_PAGE,
        limit=OPINIONS_PER_PAGE,
    )
    return await page(
        request,
        "digests/set_aside.html",
        digest=digest,
        ledger=ledger,
        voices=voices(for_everyone(said)),
        page_number=number,
        last_page=count(ledger.opinions.set_aside, OPINIONS_PER_PAGE),
        shown_title=shown_title,
        ways=CHANNEL_NAMES,
        kinds=KIND_NAMES,
    )


async def data(request: Request) -> Response:
    """Everything that is needed to check the digest without us."""
    db, digest = database(request), await published(request)
    content = await data_of(db, digest, site(request).settings.link)
    return JSONResponse(content, headers={"Access-Control-Allow-Origin": "*"})


routes = [
    Route("/digests/{id:int}", show),
    Route("/digests/{id:int}.json", data),
    Route("/digests/{id:int}/set-aside", set_aside),
]
