"""One point after the other: a sentence, the opinions behind it, three buttons."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import NotFound
from forum.i18n import _
from forum.pace.actions import keep_pace
from forum.posts.rules import shown_title
from forum.web import actor_of, database, page, path_id, read, redirect, refill
from moderation.digests.queries import opinions
from moderation.digests.web.sorting import voices
from moderation.maps import actions, queries, rules
from moderation.maps.covering import points_of
from moderation.maps.parameters import PRIVATE
from moderation.maps.rules import STANCE_NAMES, Answer, Map, Stage
from moderation.maps.web.reading import map_of
from moderation.submissions.rules import CHANNEL_NAMES


async def point(request: Request) -> Response:
    db, actor, (digest, found) = database(request), actor_of(request), await map_of(request)
    here, position = f"/digests/{digest.id}/map", path_id(request, "point")
    if rules.stage(found, clock.now()) is not Stage.OPEN:
        return redirect(request, here)
    if actor.is_guest:
        return redirect(request, f"/login?next={here}/points/{position}")
    points = await points_of(db, digest.id, found.id)
    asked = next((point for point in points if point.position == position), None)
    if asked is None:
        raise NotFound
    mine = await queries.stances_of(db, found.id, actor.id or 0)
    said = [opinion for opinion in await opinions.in_groups(db, [asked.group_id]) if opinion.representative]
    return await page(
        request,
        "maps/point.html",
        digest=digest,
        map=found,
        point=asked,
        number=len(points),
        answered=len(mine),
        needed=rules.still_needed(points, len(mine), PRIVATE.answers_needed),
        mine=mine.get(asked.id),
        voices=voices(said),
        ruling=rules.can_answer(actor, found, clock.now()),
        stances=[(stance.name.lower(), stance.value, name) for stance, name in STANCE_NAMES.items()],
        shown_title=shown_title,
        ways=CHANNEL_NAMES,
    )


@refill(point)
async def answer(request: Request) -> Response:
    db, actor, (digest, found) = database(request), actor_of(request), await map_of(request)
    given = await read(request, Answer)
    await keep_pace(db, "stance", actor.id)
    await actions.answer(db, actor, digest.id, path_id(request, "point"), given)
    here, following = f"/digests/{digest.id}/map", await following_point(db, actor, found)
    if following is None:
        return redirect(request, here, _("すべての論点に答えました。ありがとうございます。"))
    return redirect(request, f"{here}/points/{following}")


async def following_point(db: Database, actor: Actor, found: Map) -> int | None:
    """The position of what this person is asked next."""
    mine = await queries.stances_of(db, found.id, actor.id or 0)
    following = rules.next_point(await queries.points(db, found.id), mine, actor.pseudonym)
    return following.position if following else None


routes = [
    Route("/digests/{id:int}/map/points/{point:int}", point),
    Route("/digests/{id:int}/map/points/{point:int}", answer, methods=["POST"]),
]
