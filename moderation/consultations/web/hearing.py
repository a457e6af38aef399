"""Whoever submitted without an account sees by the number of the receipt where their words stand, and may object."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.i18n import _
from forum.web import Form, database, page, read, redirect, refill
from moderation.consultations.web.reading import consultation_of
from moderation.digests.actions import objecting as actions
from moderation.digests.hearing import standing_of
from moderation.digests.queries import digests, opinions
from moderation.digests.rules import Digest
from moderation.digests.rules.objecting import Author, Objecting
from moderation.submissions import queries as submissions
from moderation.submissions.rules import Submission


async def place(request: Request) -> Response:
    db = database(request)
    submission, digest = await submitted(request)
    receipt = f"/consultations/{submission.consultation_id}/submissions/{submission.receipt}"
    if digest.is_published:
        return redirect(request, receipt)
    if submission.account_id is not None:
        return redirect(request, f"/digests/{digest.id}/yours")
    return await page(
        request,
        "digests/yours.html",
        **await shown(request, submission, digest),
        address=f"{receipt}/place",
        can_object=await actions.may_object_by_receipt(db, digest, submission.id),
        form=getattr(request.state, "form", None) or Form(),
    )


async def shown(request: Request, submission: Submission, digest: Digest) -> dict[str, Any]:
    db = database(request)
    mine = await opinions.of_stranger(db, digest.id, submission.id)
    found = await standing_of(db, digest, Author(submission_id=submission.id), mine)
    if found is None:
        raise NotFound
    return found


@refill(place)
async def object_(request: Request) -> Response:
    submission, digest = await submitted(request)
    words = await read(request, Objecting)
    await actions.object_by_receipt(database(request), digest.id, submission.id, words)
    return redirect(request, request.url.path, _("受け付けました。答えは、このページに出ます。"))


async def submitted(request: Request) -> tuple[Submission, Digest]:
    """Of the path. Raises NotFound before the opinions are considered."""
    db, consultation = database(request), await consultation_of(request)
    found = await submissions.submission(db, consultation.id, request.path_params["receipt"])
    digest = await digests.of_consultation(db, consultation.id)
    if found is None or digest is None:
        raise NotFound
    return found, digest


routes = [
    Route("/consultations/{id:int}/submissions/{receipt}/place", place),
    Route("/consultations/{id:int}/submissions/{receipt}/place", object_, methods=["POST"]),
]
