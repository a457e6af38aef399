"""The categories of answers: everybody may read them, the administrator adds and retires."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.i18n import _
from forum.web import Form, actor_of, database, page, read, redirect, refill
from moderation.consultations.actions import categorising
from moderation.consultations.queries import answers
from moderation.consultations.rules.categories import NewCategory, can_change_categories

ADDRESS = "/consultations/categories"


async def index(request: Request) -> Response:
    return await page(
        request,
        "consultations/categories.html",
        categories=await answers.categories(database(request)),
        can_change=can_change_categories(actor_of(request)),
        form=getattr(request.state, "form", None) or Form(),
    )


@refill(index)
async def add(request: Request) -> Response:
    require(can_change_categories(actor_of(request)))
    await categorising.add(database(request), actor_of(request), await read(request, NewCategory))
    return redirect(request, ADDRESS, _("区分を加えました。"))


@refill(index)
async def retire(request: Request) -> Response:
    code, back = request.path_params["code"], request.path_params["act"] == "bring-back"
    await categorising.retire(database(request), actor_of(request), code, back=back)
    return redirect(request, ADDRESS, _("区分を戻しました。") if back else _("区分をやめました。"))


routes = [
    Route(ADDRESS, index),
    Route(ADDRESS, add, methods=["POST"]),
    Route(ADDRESS + "/{code}/{act:str}", retire, methods=["POST"]),
]
