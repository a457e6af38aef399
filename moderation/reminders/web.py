"""期限を過ぎたもの: where a reminder leads. Numbers only, so that a section may see how its boards fare."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.web import actor_of, database, page
from moderation.reminders import queries, rules
from moderation.reminders.actions import PAGE

LINES = 50


async def late_page(request: Request) -> Response:
    """On the boards that this person moderates, or whose section they belong to."""
    db, actor, now = database(request), actor_of(request), clock.now()
    require(rules.can_see_reminders(actor))
    return await page(
        request,
        "reminders/late.html",
        late=await queries.waiting(db, actor, now),
        reminders=await queries.newest(db, actor, LINES),
        step_name=rules.step_name,
    )


routes = [Route(PAGE, late_page)]
