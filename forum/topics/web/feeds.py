"""Topics, boards and tags for feed readers (Atom, RFC 4287): what everybody may read, and nothing else."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import GUEST
from forum.boards.rules import can_read, readable_kinds
from forum.errors import NotFound
from forum.feeds import feed
from forum.i18n import by_locale
from forum.posts.queries import newest
from forum.posts.rules import PostView, for_everyone, shown_title
from forum.topics import rules
from forum.topics.web.finding import board_of, listed, topic_of
from forum.topics.web.leading import leads_on
from forum.topics.web.tags import tag_of
from forum.web import database, site

POSTS_SHOWN = 30


async def of_topic(request: Request) -> Response:
    found = await topic_of(request)
    if not rules.can_read_topic(GUEST, found):
        raise NotFound  # feed readers are nobody
    if there := leads_on(found, "feed.atom"):
        return there
    latest = await newest.of_topic(database(request), found.id, POSTS_SHOWN)
    return await _feed(request, f"/topics/{found.id}", rules.public_topic(found, clock.now()).title, latest)


async def of_board(request: Request) -> Response:
    found = await board_of(request)
    if not can_read(GUEST, found.kind):
        raise NotFound
    latest = await newest.of_board(database(request), found.id, POSTS_SHOWN)
    return await _feed(request, f"/boards/{found.slug}", by_locale(found.name, found.name_en), latest)


async def of_tag(request: Request) -> Response:
    found = await tag_of(request)
    latest = await newest.of_tag(database(request), found.id, readable_kinds(GUEST), POSTS_SHOWN)
    return await _feed(request, f"/tags/{found.slug}", by_locale(found.name, found.name_en), latest)


async def _feed(request: Request, place: str, title: str, newest: Sequence[PostView]) -> Response:
    topics = await listed(request, (post.topic_id for post in newest))
    entries = [
        (
            for_everyone(post),
            shown_title(post.topic_state, post.topic_title),
            post.edited_at or post.created_at,
            topics.get(post.topic_id),
        )
        for post in newest
    ]
    updated = max((at for _post, _title, at, _topic in entries), default=None)
    text = site(request).renderer.render(
        "topics/feed.xml",
        {
            "entries": entries,
            "title": title,
            "updated": updated,
            "link": site(request).settings.link,
            "place": place,
        },
    )
    return feed(request, text.encode(), updated)


routes = [
    Route("/topics/{id:int}/feed.atom", of_topic),
    Route("/boards/{slug}/feed.atom", of_board),
    Route("/tags/{slug}/feed.atom", of_tag),
    # All feeds have a name here as well, that stays if a page should move.
    Route("/feeds/topics/{id:int}.atom", of_topic),
    Route("/feeds/boards/{slug}.atom", of_board),
    Route("/feeds/tags/{slug}.atom", of_tag),
]
