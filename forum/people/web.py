"""What somebody has said in the open rooms, on one page: the same for everybody who looks."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.people import queries
from forum.posts.rules import shown_title
from forum.web import database, page, query_number

PAGE = 20
# Posts, or only those that began a topic.
TOPICS = "topics"


async def person(request: Request) -> Response:
    db, found = database(request), await queries.person(database(request), request.path_params["pseudonym"])
    if found is None:
        raise NotFound
    topics_only, before = request.query_params.get("only") == TOPICS, query_number(request, "before")
    posts = await queries.said(db, found.id, topics_only=topics_only, before=before or None, limit=PAGE + 1)
    older = (
        f"?before={posts[-2].id}" + (f"&only={TOPICS}" if topics_only else "") if len(posts) > PAGE else None
    )
    return await page(
        request,
        "people/show.html",
        person=found,
        posts=[
            replace(post, topic_title=shown_title(post.topic_state, post.topic_title))
            for post in posts[:PAGE]
        ],
        topics_only=topics_only,
        older=older,
    )


routes = [Route("/people/{pseudonym}", person)]
