"""Whether the town asks for a second person: the switch, and its record."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.i18n import _
from forum.web import Form, actor_of, database, page, read, redirect, refill
from moderation.approvals import actions, queries, rules
from moderation.approvals.rules import Switch

PAGE = "/approvals"


async def show(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    if actor.is_guest:
        return redirect(request, f"/login?next={PAGE}")
    require(rules.can_see_switches(actor))
    return await page(
        request,
        "approvals/switch.html",
        asks=await queries.asks(db),
        switches=await queries.switches(db),
        may_switch=rules.can_switch(actor),
        limit=rules.WORDS_MAX,
        form=getattr(request.state, "form", None) or Form(),
    )


@refill(show)
async def switch(request: Request) -> Response:
    await actions.switch(database(request), actor_of(request), await read(request, Switch))
    return redirect(request, PAGE, _("決め方を変えました。"))


routes = [Route(PAGE, show), Route(PAGE, switch, methods=["POST"])]
