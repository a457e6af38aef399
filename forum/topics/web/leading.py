"""Addresses of topics that were merged into others: each leads to the words that it led to before."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from forum.topics import rules
from forum.topics.queries import transfers
from forum.topics.rules import Topic
from forum.topics.web.finding import page_number
from forum.web import database, query_number


async def where_it_went(request: Request, found: Topic) -> Response | None:
    """To the same posts on one page of the other topic: a browser keeps the fragment, which names a post. None where they
    have gone different ways: then the page with a sign for each is shown."""
    if request.method != "GET":
        return None  # somebody wrote there, and is shown their words
    if not {*request.query_params} <= {"page", "from"} or request.query_params.get("page") == "last":
        return _moved(f"/topics/{found.merged_into}?{request.url.query}")
    page = page_number(request, rules.pages(found.last_number))
    first = query_number(request, "from") or (page - 1) * rules.POSTS_PER_PAGE + 1
    there = await transfers.window(database(request), found.id, first, first + rules.POSTS_PER_PAGE - 1)
    if there is None:
        return None
    topic_id, since, last = there
    if last - since >= rules.POSTS_PER_PAGE:
        return None
    return _moved(f"/topics/{topic_id}?from={since}")


def leads_on(found: Topic, rest: str) -> Response | None:
    """The same page of the topic into which this one was merged, if it was."""
    return _moved(f"/topics/{found.merged_into}/{rest}") if found.merged_into else None


def _moved(url: str) -> Response:
    """For good, as far as anybody can know; a transfer can be taken back, so nobody remembers it unasked."""
    return RedirectResponse(url, 301, {"Cache-Control": "no-cache"})
