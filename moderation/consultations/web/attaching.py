"""Adding files to a submission, and publishing them, on the page of its receipt."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.errors import Invalid, NotFound
from forum.files import actions as files
from forum.files.receiving import sent_file
from forum.files.rules import ANY
from forum.i18n import _
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.web import actor_of, path_id, redirect, refill, site
from moderation.consultations import rules
from moderation.consultations.actions import attaching
from moderation.consultations.rules import Act
from moderation.consultations.web.reading import consultation_of
from moderation.consultations.web.receipts import receipt
from moderation.submissions import queries as submissions


@refill(receipt)
async def attach(request: Request) -> Response:
    sent = await sent_file(request, "file")
    consultation, shared, actor = await consultation_of(request), site(request), actor_of(request)
    require(rules.can(actor, Act.ATTACH, consultation, clock.now()))
    number = request.path_params["receipt"]
    if await submissions.submission(shared.db, consultation.id, number) is None:
        raise NotFound
    if not sent.data:
        raise Invalid(file=_("ファイルを選んでください。"))
    await keep_pace(shared.db, "file", actor.id or client_address(request))
    kept = await files.keep(shared.db, shared.storage, actor, sent, ANY)
    await attaching.attach(shared.db, actor, consultation.id, number, kept)
    return redirect(request, here(request), _("添付しました。"))


@refill(receipt)
async def show(request: Request) -> Response:
    consultation, number = await consultation_of(request), request.path_params["receipt"]
    to_all = request.path_params["act"] == "publish"
    await attaching.show(
        site(request).db, actor_of(request), consultation.id, number, path_id(request, "file"), to_all=to_all
    )
    notice = _("結果といっしょに公表します。") if to_all else _("公表しないことにしました。")
    return redirect(request, here(request), notice)


def here(request: Request) -> str:
    return f"/consultations/{path_id(request)}/submissions/{request.path_params['receipt']}"


ADDRESS = "/consultations/{id:int}/submissions/{receipt}/files"
routes = [
    Route(ADDRESS, receipt),
    Route(ADDRESS, attach, methods=["POST"]),
    Route(ADDRESS + "/{file:int}/{act:str}", show, methods=["POST"]),
]
