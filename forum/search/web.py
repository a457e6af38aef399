"""/search: one box, newest first."""

from dataclasses import asdict
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.boards.rules import readable_kinds
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.posts.rules import shown_title
from forum.search import queries
from forum.search.excerpts import excerpt
from forum.search.rules import HITS_PER_PAGE, Hit, Question, terms
from forum.web import actor_of, database, page, query_number, read, refill

NEWEST = 2**63 - 1


async def box(request: Request) -> Response:
    return await page(request, "search/results.html", q="", hits=[], older=None)


@refill(box)
async def search(request: Request) -> Response:
    """What was found, a page at a time; the box alone as long as nothing is asked."""
    if not request.query_params.get("q", "").strip():
        return await box(request)
    db, actor, before = database(request), actor_of(request), query_number(request, "before", NEWEST)
    asked = (await read(request, Question)).q
    wanted = terms(await queries.folded(db, asked))
    await keep_pace(db, "search", actor.id or client_address(request))
    found = await queries.find(
        db, wanted, kinds=readable_kinds(actor), before=before, limit=HITS_PER_PAGE + 1
    )
    hits, more = found[:HITS_PER_PAGE], len(found) > HITS_PER_PAGE
    return await page(
        request,
        "search/results.html",
        q=asked,
        hits=[_shown(hit, wanted) for hit in hits],
        older="/search?" + urlencode({"q": asked, "before": hits[-1].post_id}) if more else None,
    )


def _shown(hit: Hit, wanted: list[str]) -> dict[str, object]:
    return asdict(hit) | {
        "topic_title": shown_title(hit.topic_state, hit.topic_title),
        "excerpt": excerpt(hit.html, wanted),
    }


routes = [Route("/search", search)]
