"""決裁 of a result, beside the button that publishes it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.i18n import _
from forum.web import actor_of, database, path_id, read, redirect, refill
from moderation.approvals.rules import Answer, Note
from moderation.consultations.actions import approving
from moderation.consultations.web.answering import bench


@refill(bench)
async def ask(request: Request) -> Response:
    note = await read(request, Note)
    await approving.ask_approval(database(request), actor_of(request), path_id(request), note)
    return back(request, _("決裁を求めました。ほかの職員に知らせます。"))


@refill(bench)
async def answer(request: Request) -> Response:
    given = await read(request, Answer)
    await approving.answer_approval(database(request), actor_of(request), path_id(request), given)
    return back(request, _("決裁の結果を記録しました。"))


def back(request: Request, notice: str) -> Response:
    return redirect(request, f"/consultations/{path_id(request)}/answers", notice)


routes = [
    Route("/consultations/{id:int}/approval", ask, methods=["POST"]),
    Route("/consultations/{id:int}/approval/answer", answer, methods=["POST"]),
]
