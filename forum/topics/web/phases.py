"""The course of a time-boxed discussion: its phases and what was decided about them; for its keepers, the form."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.i18n import _
from forum.screening.web import read_asking
from forum.topics import phasing
from forum.topics.actions import phasing as actions
from forum.topics.phasing import MovingOn, Planning
from forum.topics.queries import phases
from forum.topics.web.finding import topic_of
from forum.topics.web.reading import under_title_for
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill, site


async def show(request: Request) -> Response:
    actor, topic = actor_of(request), await topic_of(request)
    require(phasing.can_see_course(actor, topic))
    zone = site(request).renderer.zone
    today = clock.now().astimezone(zone).date()
    lines = list(phasing.proposed(topic, today, zone))
    history = await phases.history(database(request), topic.id)
    return await page(
        request,
        "topics/phases.html",
        topic=under_title_for(actor, topic),
        history=[(entry, _(phasing.ACT_NAMES[phasing.Act(entry.act)])) for entry in history],
        version=len(history),
        may_phase=bool(phasing.can_phase(actor, topic)),
        lines=[*lines, *[("", "", "")] * (phasing.PHASES_MAX - len(lines))],
        form=getattr(request.state, "form", None) or Form(),
    )


@refill(show)
async def plan(request: Request) -> Response:
    words = [name for name in Planning.model_fields if name.startswith(("asks", "words"))]
    form = await read_asking(request, Planning, *words)
    zone = site(request).renderer.zone
    await actions.plan(database(request), actor_of(request), path_id(request), form, zone)
    return redirect(request, f"/topics/{path_id(request)}/phases", _("進行を決めました。"))


@refill(show)
async def move_on(request: Request) -> Response:
    form = await read(request, MovingOn)
    await actions.move_on(database(request), actor_of(request), path_id(request), form)
    return redirect(request, f"/topics/{path_id(request)}/phases", _("次へ進めました。"))


routes = [
    Route("/topics/{id:int}/phases", show),
    Route("/topics/{id:int}/phases", plan, methods=["POST"]),
    Route("/topics/{id:int}/phases/next", move_on, methods=["POST"]),
]
