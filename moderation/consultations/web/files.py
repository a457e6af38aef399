"""The button by which the section adds a file to a plan."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.files.receiving import sent_file
from forum.i18n import _
from forum.web import actor_of, redirect, refill, site
from moderation.consultations.actions.documents import add_file
from moderation.consultations.web.desk import desk, run_by


@refill(desk)
async def add(request: Request) -> Response:
    """Its address ends in /files, where bodies may be bigger."""
    sent = await sent_file(request, "file")
    consultation, shared = await run_by(request), site(request)
    await add_file(shared.db, shared.storage, actor_of(request), consultation.id, sent)
    address = f"/consultations/{consultation.id}/desk"
    return redirect(request, address, _("ファイルを加えました。"))


routes = [Route("/consultations/{id:int}/files", add, methods=["POST"])]
