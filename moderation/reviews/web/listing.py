"""The queue as a list, for moderators."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.errors import NotFound
from forum.guides.queries import CharterRule, rules_in_force
from forum.i18n import by_locale
from forum.web import actor_of, database, page
from moderation.reviews import rules
from moderation.reviews.queries import queue
from moderation.reviews.queries.queue import Item
from moderation.reviews.rules import Kind, Urgency


async def queue_page(request: Request) -> Response:
    """What waits, the most urgent first."""
    db, actor = database(request), actor_of(request)
    require(rules.can_see_queue(actor))
    kind, after = _kind(request.query_params.get("kind")), _key(request.query_params.get("after"))
    # First, so that the list is not older than its stamp.
    waiting = await queue.waiting(db, actor)
    found = await queue.page(db, actor, kind, after=after, limit=rules.ITEMS_PER_PAGE + 1)
    shown, more = found[: rules.ITEMS_PER_PAGE], len(found) > rules.ITEMS_PER_PAGE
    titles = titled(await rules_in_force(db))
    start = f"/queue?kind={kind}&" if kind else "/queue?"
    return await page(
        request,
        "reviews/queue.html",
        items=[(item, _urgency(item, titles)) for item in shown],
        kind=kind,
        waiting=waiting,
        further=f"{start}after={_written(shown[-1])}" if more else None,
        first=start[:-1] if after else None,
    )


def _urgency(item: Item, titles: dict[int, str]) -> Urgency:
    return rules.urgency(
        item.due_at,
        clock.now(),
        since=item.since,
        reporters=item.reporters,
        rules=item.rules,
        titles=titles,
    )


def titled(in_force: list[CharterRule]) -> dict[int, str]:
    return {rule.number: by_locale(rule.title, rule.title_en) for rule in in_force}


def _kind(written: str | None) -> Kind | None:
    if not written:
        return None
    if written not in set(Kind):
        raise NotFound
    return Kind(written)


def _written(item: Item) -> str:
    return f"{item.due_at.timestamp():.6f}_{item.id}"


def _key(written: str | None) -> tuple[datetime, int] | None:
    """The position in the queue that an address carries; a broken one is not found."""
    if not written:
        return None
    try:
        due_at, item_id = written.split("_")
        return datetime.fromtimestamp(float(due_at), tz=clock.now().tzinfo), int(item_id)
    except (ValueError, OverflowError, OSError) as error:
        raise NotFound from error


routes = [Route("/queue", queue_page)]
