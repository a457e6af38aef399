"""Drafts: kept while somebody types or presses the button, thrown away; and the forms that start with one."""

from functools import wraps

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forum.access import can_take_part, require
from forum.drafts import actions, queries
from forum.drafts.rules import Place, Unsent
from forum.errors import NotFound, Refusal
from forum.i18n import _
from forum.pace.actions import keep_pace
from forum.typed import texts, typed
from forum.web import (
    STATUS,
    Form,
    View,
    actor_of,
    database,
    path_id,
    query_number,
    read,
    redirect,
    wants_fragment,
)

PAGE = "/drafts"


async def keep(request: Request) -> Response:
    """What stands in a form. A script is told from which draft it goes on; a person comes back to the form."""
    try:
        place = await read(request, Place)
        require(can_take_part(actor_of(request)))
        await keep_pace(database(request), "draft", actor_of(request).id)
        draft = await actions.keep(database(request), actor_of(request), place, await texts(request))
    except Refusal as refusal:
        if wants_fragment(request):
            return PlainTextResponse(refusal.reason, STATUS[type(refusal)])
        raise
    if wants_fragment(request):
        return PlainTextResponse(draft.stamp if draft else "")
    address = draft.address if draft else place.at
    return redirect(request, address, _("下書きを保存しました。") if draft else None)


async def discard(request: Request) -> Response:
    """Also whoever may not write any more: it is theirs."""
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, f"/login?next={PAGE}")
    draft = await actions.discard(database(request), actor.id, path_id(request))
    if draft is None:
        raise NotFound
    here = (await typed(request)).get("at")
    return redirect(request, draft.url if here else PAGE, _("下書きを消しました。"))


async def written(request: Request, place: str, otherwise: Form) -> Form:
    """With what a form starts: as it was just typed; or else as the person left it (`?draft=` names one of several); or
    `otherwise`."""
    form: Form | None = getattr(request.state, "form", None)
    actor = actor_of(request)
    if form is not None or actor.id is None or not actor.has_drafts:
        return form or otherwise
    drafts = await queries.of_place(database(request), actor.id, place)
    if not drafts:
        return otherwise
    asked = query_number(request, "draft")
    draft = next((draft for draft in drafts if draft.id == asked), drafts[0])
    request.state.unsent = Unsent(draft, len(drafts) - 1)
    return Form({**draft.typed, "draft": [draft.stamp]})


def sends_draft(view: View) -> View:
    """Decorates the handler of such a form: once it has taken the words, they are no draft any more."""

    @wraps(view)
    async def handler(request: Request) -> Response:
        fields, actor = await texts(request), actor_of(request)
        place = await read(request, Place) if fields.get("place") else None
        response = await view(request)
        if place and actor.id is not None:
            await actions.sent(database(request), actor.id, place, fields)
        return response

    return handler


routes = [
    Route(PAGE, keep, methods=["POST"]),
    Route(PAGE + "/{id:int}/discard", discard, methods=["POST"]),
]
