"""審査の状況: how the review is going, for those who do it."""

from datetime import datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.guides.queries import rules_in_force
from forum.i18n import by_locale
from forum.web import actor_of, database, page, site
from moderation.figures import overview
from moderation.figures.queries import overview as queries
from moderation.reminders import queries as reminders
from moderation.reminders.rules import step_name
from moderation.reviews.rules import can_see_queue, spell

# The newest; the page of reminders has more.
REMINDERS = 10


async def overview_page(request: Request) -> Response:
    """On the boards that this moderator answers for."""
    db, actor = database(request), actor_of(request)
    require(can_see_queue(actor))
    now, renderer = clock.now(), site(request).renderer
    today = renderer.local(now).date()
    since = datetime.combine(today - timedelta(days=overview.DAYS - 1), time(), renderer.zone)
    waiting = await queries.waiting(db, actor, now)
    found = await queries.days(db, actor, since, renderer.zone.key)
    return await page(
        request,
        "figures/overview.html",
        boards=[(board, spell(now - board.oldest) if board.oldest else None) for board in waiting],
        days=overview.every_day(found, today),
        boarded=await queries.boarded(db, actor, now - overview.SEASON),
        ruled=await queries.ruled(db, actor, now - overview.SEASON),
        moderators=await queries.moderators(db, actor, now - overview.SEASON),
        pairs=await queries.pairs(db, actor, now - overview.SEASON),
        reminders=await reminders.newest(db, actor, REMINDERS),
        step_name=step_name,
        titles={rule.number: by_locale(rule.title, rule.title_en) for rule in await rules_in_force(db)},
    )


routes = [Route("/queue/overview", overview_page)]
