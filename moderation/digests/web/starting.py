"""The list of digests, and the form that starts one."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.boards import queries as boards
from forum.boards.rules import Kind
from forum.errors import NotFound
from forum.i18n import _
from forum.paging import NEWEST, page_of
from forum.posts.rules import shown_title
from forum.web import actor_of, database, page, path_id, query_number, read, redirect, refill, site
from moderation.digests import actions, rules
from moderation.digests.queries import compilations, digests, offers
from moderation.digests.rules import Digest, Plan, State

PER_PAGE = 20
TOPICS_PER_BOARD = 50
DIGESTS_OFFERED = 50
PROPOSED_PERIOD = timedelta(days=30)


async def index(request: Request) -> Response:
    actor = actor_of(request)
    found = await digests.listed(
        database(request),
        drafts=actor.is_staff,
        boards=sorted(actor.facilitates_boards),
        before=query_number(request, "before", NEWEST),
        limit=PER_PAGE + 1,
    )
    shown, older = page_of(found, PER_PAGE, "/digests?before=")
    can_start = rules.can_start(actor)
    return await page(request, "digests/index.html", digests=shown, older=older, can_start=can_start)


async def new(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    if actor.is_guest:
        return redirect(request, "/login?next=/digests/new")
    require(rules.can_start(actor))
    public = await boards.boards(db, [Kind.OFFICIAL, Kind.COMMUNITY])
    mine = [board for board in public if actor.is_staff or board.id in actor.facilitates_boards]
    topics = await offers.topics(db, [board.id for board in mine], TOPICS_PER_BOARD)
    waiting = await offers.consultations(db, clock.now()) if actor.is_staff else []
    today = clock.now().astimezone(zone_of(request)).date()
    number = query_number(request, "consultation")
    asked = next((consultation for consultation in waiting if consultation.id == number), None)
    return await page(
        request,
        "digests/new.html",
        boards=mine,
        topics=topics,
        shown_title=shown_title,
        published=await offers.published(db, DIGESTS_OFFERED),
        consultations=[(consultation.id, consultation.title) for consultation in waiting],
        first_day=asked.opens_at.astimezone(zone_of(request)).date() if asked else today - PROPOSED_PERIOD,
        last_day=today,
        asked=asked,
    )


@refill(new)
async def start(request: Request) -> Response:
    require(rules.can_start(actor_of(request)))
    plan = await read(request, Plan)
    number = await actions.start(database(request), actor_of(request), plan, zone_of(request))
    return redirect(request, f"/digests/{number}/edit")


def zone_of(request: Request) -> ZoneInfo:
    return ZoneInfo(site(request).settings.time_zone)


async def digest_of(request: Request) -> Digest:
    """The digest of the path. Raises NotFound where the person may not see it."""
    number = int(request.path_params["id"])
    digest = await digests.digest(database(request), number) if number < 2**63 else None
    if digest is None or not rules.can_see(actor_of(request), digest):
        raise NotFound
    return digest


async def compiling(request: Request) -> Response:
    """How far a compilation is: what its page asks for again and again."""
    digest = await digest_of(request)
    return await page(
        request,
        "digests/compiling.html",
        digest=digest,
        done=digest.state != State.COMPILING,
        compilation=await compilations.compilation(database(request), digest.id),
        may_cancel=rules.can_edit(actor_of(request), digest),
    )


async def cancel(request: Request) -> Response:
    if await actions.cancel(database(request), actor_of(request), path_id(request)):
        return redirect(request, f"/digests/{path_id(request)}/edit", _("取り込み直しを取りやめました。"))
    return redirect(request, "/digests", _("まとめの作成を取りやめました。一覧からまもなく消えます。"))


routes = [
    Route("/digests", index),
    Route("/digests/new", new),
    Route("/digests/new", start, methods=["POST"]),
    Route("/digests/{id:int}/progress", compiling),
    Route("/digests/{id:int}/cancel", cancel, methods=["POST"]),
]
