"""The desk of the owning section: announce, enter papers, close, consider."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.errors import Invalid
from forum.files import queries
from forum.i18n import _
from forum.text import Paragraphs, sized
from forum.typed import typed
from forum.web import Form, actor_of, database, page, read, redirect, refill, site
from moderation.consultations import rules
from moderation.consultations.actions import answering, changing, running
from moderation.consultations.actions.documents import USED_BY
from moderation.consultations.gathering import gather
from moderation.consultations.queries import changes, notices, received
from moderation.consultations.rules import Act, Consultation
from moderation.consultations.rules.extending import REASON_LIMIT, Extension
from moderation.consultations.web.reading import consultation_of, frame
from moderation.submissions import queries as submissions
from moderation.submissions.rules import CHANNEL_NAMES

NEWEST_SHOWN = 20
# How a browser writes the value of a date-and-time field.
FIELD_TIME = "%Y-%m-%dT%H:%M"


class Ending(BaseModel):
    """Why a procedure ends before its time."""

    reason: Annotated[Paragraphs, sized(0, 2000)] = ""


def field_time(request: Request, moment: datetime) -> str:
    return moment.astimezone(site(request).renderer.zone).strftime(FIELD_TIME)


async def desk(request: Request) -> Response:
    """Where the procedure stands, and what can be done next."""
    consultation, db, now = await run_by(request), database(request), clock.now()
    actor = actor_of(request)
    plan = await notices.plan(db, consultation.id)
    gathered = await gather(db, consultation.id)
    return await page(
        request,
        "consultations/desk.html",
        **frame(request, consultation),
        possible={act.value: bool(rules.can(actor, act, consultation, now)) for act in Act},
        can_announce=rules.can_announce(actor, consultation, len(plan), now, site(request).renderer.zone),
        arrivals=await received.arrivals(db, consultation.id),
        channel_names=CHANNEL_NAMES,
        newest=await submissions.newest(db, consultation.id, NEWEST_SHOWN),
        late=await submissions.late(db, consultation.id),
        withdrawn=await submissions.withdrawn(db, consultation.id),
        gathered=gathered,
        changes=await changes.of(db, consultation.id),
        files=await queries.used_in(db, USED_BY, consultation.id),
        form=getattr(request.state, "form", None) or Form(extension_values(request, consultation)),
        reason_limit=REASON_LIMIT,
    )


def extension_values(request: Request, consultation: Consultation) -> dict[str, list[str]]:
    due = consultation.result_due
    return {
        "closes_at": [field_time(request, consultation.closes_at)],
        "extended_due": [due.isoformat() if due else ""],
    }


@refill(desk)
async def act(request: Request) -> Response:
    """The buttons of the desk."""
    consultation = await run_by(request)
    db, actor, number = database(request), actor_of(request), consultation.id
    address = f"/consultations/{number}/desk"
    do = (await typed(request)).get("do")
    if do in ("announce", "open"):
        zone = site(request).renderer.zone
        await running.announce(db, actor, number, zone, at_once=do == "open")
        return redirect(request, address, _("公開しました。"))
    if do == "consider":
        await answering.consider(db, actor, number)
        return redirect(request, address, _("検討を始めました。意見を整理しています。"))
    if do == "extend":
        extension = await read(request, Extension)
        await changing.extend(db, actor, number, extension, site(request).renderer.zone)
        return redirect(request, address, _("期間を延ばしました。意見を出した人にも知らせます。"))
    endings = {"close": changing.close, "skip": changing.skip, "withdraw": changing.withdraw}
    if do not in endings:
        raise Invalid(do=_("操作を選んでください。"))
    ending = await read(request, Ending)
    await endings[str(do)](db, actor, number, ending.reason)
    return redirect(request, address, _("記録しました。"))


async def run_by(request: Request) -> Consultation:
    """The procedure of the path, for those who carry it."""
    consultation = await consultation_of(request)
    require(rules.runs(actor_of(request), consultation))
    return consultation


def require_to_begin(request: Request, act: Act, consultation: Consultation) -> None:
    """Of whoever opens a form. What is typed when its time is over is shown again, with the reason why it came too late."""
    if getattr(request.state, "form", None) is None:
        require(rules.can(actor_of(request), act, consultation, clock.now()))


routes = [
    Route("/consultations/{id:int}/desk", desk),
    Route("/consultations/{id:int}/desk", act, methods=["POST"]),
]
