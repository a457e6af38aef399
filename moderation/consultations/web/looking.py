"""The page on which a name is looked at, and the log of all looks."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.errors import NotFound
from forum.web import Form, actor_of, database, page, query_number, read, refill, site
from moderation.consultations import rules
from moderation.consultations.actions import looking
from moderation.consultations.rules import Act
from moderation.consultations.web.desk import run_by
from moderation.consultations.web.reading import frame
from moderation.reviews.masking import can_see_looks
from moderation.submissions import queries as submissions
from moderation.submissions.looking import REASON_LIMIT, Reason
from moderation.submissions.queries import looks
from moderation.submissions.rules import STANDING_NAMES

PER_PAGE = 50


async def person(request: Request) -> Response:
    """Says who has looked already, and asks why."""
    return await _page(request, None)


@refill(person)
async def look(request: Request) -> Response:
    """Opens the envelope on this page alone: nothing of it is in an address, and it is kept nowhere."""
    consultation, shared = await run_by(request), site(request)
    why = (await read(request, Reason)).why
    found = await looking.look(
        shared.db, shared.seal, actor_of(request), consultation.id, request.path_params["receipt"], why
    )
    response = await _page(request, found)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _page(request: Request, envelope: dict[str, Any] | None) -> Response:
    consultation, db = await run_by(request), database(request)
    submission = await submissions.submission(db, consultation.id, request.path_params["receipt"])
    if submission is None:
        raise NotFound
    return await page(
        request,
        "consultations/person.html",
        **frame(request, consultation),
        submission=submission,
        envelope=envelope,
        standings=STANDING_NAMES,
        sealed=await submissions.sealed(db, submission.id) is not None,
        can_look=rules.can(actor_of(request), Act.LOOK, consultation, clock.now()),
        looks=await looks.of_submission(db, submission.id),
        limit=REASON_LIMIT,
        form=getattr(request.state, "form", None) or Form(),
    )


async def log(request: Request) -> Response:
    """Every look there was, for the administrators."""
    require(can_see_looks(actor_of(request)))
    before = query_number(request, "before") or 2**63 - 1
    found = await looks.page(database(request), before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    older = f"/consultations/looks?before={shown[-1].number}" if len(found) > PER_PAGE else None
    return await page(request, "consultations/looks.html", looks=shown, older=older)


routes = [
    Route("/consultations/looks", log),
    Route("/consultations/{id:int}/submissions/{receipt}/person", person),
    Route("/consultations/{id:int}/submissions/{receipt}/person", look, methods=["POST"]),
]
