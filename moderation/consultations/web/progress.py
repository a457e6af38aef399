"""What became of the answers: all of them on one page, as data, and the form by which the section reports."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.i18n import _
from forum.web import actor_of, database, page, path_id, read, redirect, refill, site
from moderation.consultations.actions.reporting import report
from moderation.consultations.exports.bundle.beside import progress_data
from moderation.consultations.gathering import Gathered, gather
from moderation.consultations.queries import progress
from moderation.consultations.rules import Consultation, State
from moderation.consultations.rules.progress import STATUS_NAMES, TONES, NewReport, Report
from moderation.consultations.web.reading import consultation_of, frame
from moderation.consultations.web.results import group as group_page


async def index(request: Request) -> Response:
    consultation, gathered, reports = await published(request)
    return await page(
        request,
        "consultations/progress.html",
        **frame(request, consultation),
        groups=[(group, reports.get(group.row.id, [])) for group in gathered.groups],
        statuses=STATUS_NAMES,
        tones=TONES,
    )


async def data(request: Request) -> Response:
    """Everything that is needed to check the reports without us."""
    consultation, gathered, reports = await published(request)
    url = site(request).settings.link(f"/consultations/{consultation.id}/progress")
    said = progress_data(consultation, gathered, reports, url)
    return JSONResponse(said, headers={"Access-Control-Allow-Origin": "*"})


@refill(group_page)
async def add(request: Request) -> Response:
    consultation, number = await consultation_of(request), path_id(request, "number")
    new = await read(request, NewReport)
    await report(database(request), actor_of(request), consultation.id, number, new)
    address = f"/consultations/{consultation.id}/results/groups/{number}#afterwards"
    return redirect(request, address, _("報告しました。意見を出した人に知らせが届きます。"))


async def published(request: Request) -> tuple[Consultation, Gathered, dict[int, list[Report]]]:
    """Raises NotFound while there is no result."""
    consultation = await consultation_of(request)
    gathered = await gather(database(request), consultation.id)
    if consultation.state != State.PUBLISHED or gathered is None:
        raise NotFound
    return consultation, gathered, await progress.of_digest(database(request), gathered.digest.id)


routes = [
    Route("/consultations/{id:int}/progress", index),
    Route("/consultations/{id:int}/progress.json", data),
    Route("/consultations/{id:int}/results/groups/{number:int}/progress", group_page),
    Route("/consultations/{id:int}/results/groups/{number:int}/progress", add, methods=["POST"]),
]
