"""期限を過ぎたもの: where a reminder leads. Numbers only, so that a section may see how its boards fare."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.paging import NEWEST, page_of
from forum.web import actor_of, database, page, query_number
from moderation.reminders import queries, rules
from moderation.reminders.actions import PAGE

LINES = 50


async def late_page(request: Request) -> Response:
    """On the boards that this person moderates, or whose section they belong to."""
    db, actor, now = database(request), actor_of(request), clock.now()
    require(rules.can_see_reminders(actor))
    before = query_number(request, "before", NEWEST)
    reminders = await queries.newest(db, actor, LINES + 1, before)
    shown, older = page_of(reminders, LINES, f"{PAGE}?before=")
    return await page(
        request,
        "reminders/late.html",
        late=await queries.waiting(db, actor, now),
        reminders=shown,
        older=older,
        newer=PAGE if before != NEWEST else None,
        step_name=rules.step_name,
    )


routes = [Route(PAGE, late_page)]
