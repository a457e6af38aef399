"""/search: one box, newest first."""

from dataclasses import asdict
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.boards.rules import readable_kinds
from forum.errors import Invalid, NotFound, TooSoon
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.search import queries
from forum.search.excerpts import excerpt
from forum.search.rules import HITS_PER_PAGE, Question, terms
from forum.topics.rules import shown_title
from forum.validating import validated
from forum.web import STATUS, Form, actor_of, database, page

NEWEST = 2**63 - 1


async def search(request: Request) -> Response:
    """The empty box, what was found, or what was typed with the reason why it cannot be looked for."""
    asked = request.query_params.get("q", "")
    if not asked.strip():
        return await page(request, "search/results.html", q="", hits=[], older=None)
    try:
        return await _results(request, validated(Question, {"q": asked}).q)
    except (Invalid, TooSoon) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {}
        form = Form({"q": [asked]}, errors, None if errors else refusal)
        response = await page(
            request, "search/results.html", STATUS[type(refusal)], q="", hits=[], older=None, form=form
        )
        if isinstance(refusal, TooSoon):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response


async def _results(request: Request, asked: str) -> Response:
    db, actor, before = database(request), actor_of(request), _before(request)
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
        hits=[
            asdict(hit)
            | {
                "topic_title": shown_title(hit.topic_state, hit.topic_title),
                "excerpt": excerpt(hit.html, wanted),
            }
            for hit in hits
        ],
        older="/search?" + urlencode({"q": asked, "before": hits[-1].post_id}) if more else None,
    )


def _before(request: Request) -> int:
    """The post after which the page goes on. Raises NotFound for what no page of ours links to."""
    written = request.query_params.get("before", str(NEWEST))
    if not (written.isascii() and written.isdigit() and len(written) < 20 and int(written) <= NEWEST):
        raise NotFound
    return int(written)


routes = [Route("/search", search)]
