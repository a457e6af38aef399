"""Bookmarks."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.i18n import _
from forum.places import actions, queries
from forum.places.rules import Note, can_keep
from forum.posts.queries import posts
from forum.posts.rules import can_know_of, for_reader, titled_for
from forum.posts.web import readable_post
from forum.web import Form, actor_of, database, page, path_id, query_number, read, redirect, refill

PER_PAGE = 30


async def bookmarks(request: Request) -> Response:
    """The person's own, the latest first; of what they may not read any more, only that it is gone."""
    actor, db = actor_of(request), database(request)
    if actor.id is None:
        return redirect(request, "/login?next=/bookmarks")
    number = max(1, query_number(request, "page", 1))
    found = await queries.bookmarks(db, actor.id, skip=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    views = {post.id: post for post in await posts.views(db, [kept.post_id for kept in shown])}
    return await page(
        request,
        "places/bookmarks.html",
        bookmarks=[
            (kept, titled_for(actor, for_reader(actor, post)) if can_know_of(actor, post) else None)
            for kept in shown
            for post in [views[kept.post_id]]
        ],
        older=f"/bookmarks?page={number + 1}" if len(found) > PER_PAGE else None,
        newer=f"/bookmarks?page={number - 1}" if number > 1 else None,
    )


async def bookmark(request: Request) -> Response:
    actor, post = actor_of(request), await readable_post(request)
    if actor.id is None:
        return redirect(request, f"/login?next=/posts/{post.id}/bookmark")
    kept = await queries.bookmark(database(request), actor.id, post.id)
    if kept is None:
        require(can_keep(actor, post))
    return await page(
        request,
        "places/bookmark.html",
        post=for_reader(actor, post),
        kept=kept,
        form=getattr(request.state, "form", None) or Form({"note": [kept.note if kept else ""]}),
    )


@refill(bookmark)
async def keep(request: Request) -> Response:
    await actions.keep(database(request), actor_of(request), path_id(request), await read(request, Note))
    return redirect(request, f"/posts/{path_id(request)}", _("しおりをはさみました。"))


async def drop(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/bookmarks")
    await actions.drop(database(request), actor.id, path_id(request))
    return redirect(request, "/bookmarks", _("しおりを外しました。"))


routes = [
    Route("/bookmarks", bookmarks),
    Route("/posts/{id:int}/bookmark", bookmark),
    Route("/posts/{id:int}/bookmark", keep, methods=["POST"]),
    Route("/posts/{id:int}/bookmark/remove", drop, methods=["POST"]),
]
