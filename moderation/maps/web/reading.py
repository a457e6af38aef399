"""The page of a map: while people answer, while it is drawn, and for good."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forum import clock
from forum.db import Database
from forum.errors import NotFound
from forum.i18n import _
from forum.proof import moment
from forum.web import actor_of, database, page, read, redirect, refill, site
from moderation.digests.rules import Digest
from moderation.digests.web.starting import digest_of, zone_of
from moderation.maps import actions, queries, rules
from moderation.maps.covering import points_of
from moderation.maps.parameters import PRIVATE
from moderation.maps.picture import LETTERS, pictured
from moderation.maps.queries import Drawn
from moderation.maps.rules import STANCE_NAMES, Map, Point, Rescheduling, Stage

FORMAT = "it-shimin-kaigishitsu map 1"


async def map_of(request: Request) -> tuple[Digest, Map]:
    """The map of the digest of the path."""
    digest = await digest_of(request)
    found = await queries.of_digest(database(request), digest.id)
    if found is None:
        raise NotFound
    return digest, found


async def show(request: Request) -> Response:
    db, (digest, found) = database(request), await map_of(request)
    points = await points_of(db, digest.id, found.id)
    if (drawn := await queries.drawn(db, found.id)) is None:
        return await waiting(request, digest, found, points)
    return await page(
        request,
        "maps/map.html",
        digest=digest,
        drawn=drawn,
        map=found,
        outcome=drawn.outcome,
        points={point.position: point for point in points},
        picture=pictured(drawn.outcome["groups"]),
        letters=LETTERS,
        private=PRIVATE,
        changes=await queries.changes(db, found.id),
    )


async def waiting(request: Request, digest: Digest, found: Map, points: list[Point]) -> Response:
    """No count is shown to anybody before the time is over."""
    db, actor = database(request), actor_of(request)
    mine = await queries.stances_of(db, found.id, actor.id) if actor.id else {}
    following = rules.next_point(points, mine, actor.pseudonym)
    return await page(
        request,
        "maps/waiting.html",
        digest=digest,
        map=found,
        points=points,
        mine=mine,
        following=following,
        is_open=rules.stage(found, clock.now()) is Stage.OPEN,
        needed=rules.still_needed(points, len(mine), PRIVATE.answers_needed),
        ruling=rules.can_answer(actor, found, clock.now()),
        stance_names={stance.value: name for stance, name in STANCE_NAMES.items()},
        private=PRIVATE,
        changes=await queries.changes(db, found.id),
        can_reschedule=bool(rules.can_reschedule(actor, digest, found, clock.now())),
        last_day=found.until.astimezone(zone_of(request)).date(),
        reason_limit=rules.REASON_MAX,
    )


@refill(show)
async def reschedule(request: Request) -> Response:
    db, actor, (digest, _found) = database(request), actor_of(request), await map_of(request)
    form = await read(request, Rescheduling)
    await actions.reschedule(db, actor, digest.id, form, zone_of(request))
    return redirect(request, f"/digests/{digest.id}/map", _("締め切りを変えました。"))


async def data(request: Request) -> Response:
    """What is needed to check the hash; without the sheets, which might tell who somebody is."""
    db, (_digest, found) = database(request), await map_of(request)
    if (drawn := await queries.drawn(db, found.id)) is None:
        return redirect(request, f"/digests/{found.digest_id}/map")
    return JSONResponse(
        await exported(db, drawn, site(request).settings.link(f"/digests/{found.digest_id}/map")),
        headers={"Access-Control-Allow-Origin": "*"},
    )


async def exported(db: Database, drawn: Drawn, url: str) -> dict[str, Any]:
    points = await points_of(db, drawn.digest_id, drawn.id)
    return {
        "format": FORMAT,
        "url": url,
        "digest": drawn.digest,
        "opens": moment(drawn.opened_at),
        "closes": moment(drawn.closes_at),
        "points": [
            {
                "number": point.position,
                "group": point.group_position,
                "statement": point.statement,
                "covered": point.covered,
            }
            for point in points
        ],
        "outcome": drawn.outcome,
        "manifest": drawn.manifest,
        "sha256": drawn.sha256,
    }


routes = [
    Route("/digests/{id:int}/map", show),
    Route("/digests/{id:int}/map", reschedule, methods=["POST"]),
    Route("/digests/{id:int}/map.json", data),
]
