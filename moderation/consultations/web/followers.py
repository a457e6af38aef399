"""The buttons by which somebody follows a consultation, or all of them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.i18n import _
from forum.typed import typed
from forum.web import actor_of, database, path_id, redirect
from moderation.consultations.actions.following import follow


async def one(request: Request) -> Response:
    number = path_id(request)
    return await _follow(request, number, f"/consultations/{number}")


async def all_of_them(request: Request) -> Response:
    return await _follow(request, None, "/consultations")


async def _follow(request: Request, number: int | None, address: str) -> Response:
    actor, wanted = actor_of(request), (await typed(request)).get("do") != "leave"
    if actor.is_guest:
        return redirect(request, f"/login?next={address}")
    await follow(database(request), actor, number, wanted=wanted)
    notice = _("フォローしました。動きがあったら知らせます。") if wanted else _("フォローをやめました。")
    return redirect(request, address, notice)


routes = [
    Route("/consultations/follow", all_of_them, methods=["POST"]),
    Route("/consultations/{id:int}/follow", one, methods=["POST"]),
]
