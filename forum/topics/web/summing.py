"""A topic at a glance: who takes part, since when, what moved people, and which page is of which day."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.posts.queries import summaries
from forum.topics import rules
from forum.topics.web.finding import topic_of
from forum.topics.web.leading import leads_on
from forum.topics.web.reading import under_title_for
from forum.web import actor_of, database, fragment, page, wants_fragment

PEOPLE_MAX = 20
REACTED_MAX = 5


async def summary(request: Request) -> Response:
    """For a script without the page around it. Asked for by whoever opens it: it reads the whole topic."""
    found, db = await topic_of(request), database(request)
    if there := leads_on(found, "summary"):
        return there
    glance: dict[str, Any] = {
        "topic": under_title_for(actor_of(request), found),
        "people": await summaries.participants(db, found.id, PEOPLE_MAX),
        "reacted": await summaries.most_reacted(db, found.id, REACTED_MAX),
        "stretches": await summaries.stretches(db, found.id, rules.POSTS_PER_PAGE),
    }
    if wants_fragment(request):
        return await fragment(request, "topics/_summary.html", **glance)
    return await page(request, "topics/summary.html", **glance)


routes = [Route("/topics/{id:int}/summary", summary)]
