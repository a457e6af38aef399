"""Coming back: how far somebody has read, what they keep and what they have not sent, and where to go on."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.drafts import queries as drafts
from forum.drafts.rules import EXCERPT, KEPT_FOR
from forum.errors import NotFound
from forum.paging import page_of
from forum.places import actions, queries
from forum.places.rules import Mine, Seen
from forum.posts.queries import posts
from forum.posts.rules import can_know_of, for_reader, titled_for
from forum.topics import queries as topics
from forum.topics import rules
from forum.topics.queries import transfers
from forum.topics.web.finding import listed, topic_of
from forum.topics.web.leading import leads_on
from forum.web import (
    COUNT_DIGITS_MAX,
    actor_of,
    database,
    page,
    query_number,
    read,
    redirect,
    wants_fragment,
)

TOPICS_MAX = 50
BOOKMARKS = 30


async def unread(request: Request) -> Response:
    """All topics with new posts since the person read them."""
    actor, db = actor_of(request), database(request)
    if actor.id is None:
        return redirect(request, "/login?next=/unread")
    after = query_number(request, "after")
    found = await queries.all_unread(db, actor.id, readable_kinds(actor), after=after, limit=TOPICS_MAX + 1)
    rows = await topics.rows(db, list(found))
    shown, older = page_of([rows[topic_id] for topic_id in found], TOPICS_MAX, "/unread?after=")
    return await page(
        request,
        "places/unread.html",
        topics=[(rules.public_row(row, clock.now()), found[row.id]) for row in shown],
        older=older,
        newer="/unread" if after else None,
    )


async def bookmarks(request: Request) -> Response:
    """The person's own, the latest first; of what they may not read any more, only that it is gone."""
    actor, db = actor_of(request), database(request)
    if actor.id is None:
        return redirect(request, "/login?next=/bookmarks")
    number = max(1, query_number(request, "page", 1, COUNT_DIGITS_MAX))
    found = await queries.bookmarks(db, actor.id, skip=(number - 1) * BOOKMARKS, limit=BOOKMARKS + 1)
    shown = found[:BOOKMARKS]
    views = {post.id: post for post in await posts.views(db, [kept.post_id for kept in shown])}
    known = {
        number: titled_for(actor, for_reader(actor, post))
        for number, post in views.items()
        if can_know_of(actor, post)
    }
    return await page(
        request,
        "places/bookmarks.html",
        bookmarks=[(kept, known.get(kept.post_id)) for kept in shown],
        topics=await listed(request, (post.topic_id for post in known.values())),
        older=f"/bookmarks?page={number + 1}" if len(found) > BOOKMARKS else None,
        newer=f"/bookmarks?page={number - 1}" if number > 1 else None,
    )


async def unsent(request: Request) -> Response:
    """Everything that this person has written and not sent, with the discussion or the board where it belongs."""
    actor, db = actor_of(request), database(request)
    if actor.id is None:
        return redirect(request, "/login?next=/drafts")
    found = await drafts.of_account(db, actor.id)
    edited = {
        post.id: post.topic_id
        for post in await posts.among(db, [one.post_id for one in found if one.post_id])
    }
    places = {one.id: one.topic_id or edited.get(one.post_id or 0, 0) for one in found}
    return await page(
        request,
        "drafts/index.html",
        drafts=found,
        places=places,
        topics=await listed(request, places.values()),
        boards={board.slug: board for board in await boards.boards(db, readable_kinds(actor))},
        days=KEPT_FOR.days,
        excerpt=EXCERPT,
    )


async def go_on(request: Request) -> Response:
    """To the first post that is new, or else to the last that was read."""
    actor, topic = actor_of(request), await topic_of(request)
    if there := leads_on(topic, "unread"):
        return there
    mine = await queries.mine(database(request), actor.id, topic.id, 1, 0, seen=None) if actor.id else Mine()
    if mine.first_unread:
        return redirect(request, f"/topics/{topic.id}?page={rules.page_of(mine.first_unread)}#unread")
    return redirect(request, f"/topics/{topic.id}/at?number={mine.read or 1}")


async def at(request: Request) -> Response:
    """The post with a number, or where that one is not to be seen the nearest one."""
    topic = await topic_of(request)
    number = min(query_number(request, "number", 1), topic.last_number)
    if topic.moved_out and (signs := await transfers.signs(database(request), topic.id, number, number)):
        gone = signs[0].post_id
        place = f"/topics/{topic.id}?page={rules.page_of(number)}#post-{gone}"
        return redirect(request, f"/posts/{gone}" if topic.merged_into else place)
    found = await posts.nearest(database(request), topic.id, number)
    if found is None:
        raise NotFound
    post_id, there = found
    return redirect(request, f"/topics/{topic.id}?page={rules.page_of(there)}#post-{post_id}")


async def seen(request: Request) -> Response:
    actor, topic = actor_of(request), await topic_of(request)
    number = min((await read(request, Seen)).number, topic.last_number)
    if actor.id is not None:
        await actions.move_mark(database(request), actor.id, topic.id, number)
    return Response(status_code=204) if wants_fragment(request) else redirect(request, f"/topics/{topic.id}")


routes = [
    Route("/unread", unread),
    Route("/bookmarks", bookmarks),
    Route("/drafts", unsent),
    Route("/topics/{id:int}/unread", go_on),
    Route("/topics/{id:int}/at", at),
    Route("/topics/{id:int}/read", seen, methods=["POST"]),
]
