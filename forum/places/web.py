"""Bookmarks: keeping them and letting them go."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.i18n import _
from forum.places import actions, queries
from forum.places.rules import Note, can_keep
from forum.posts.rules import for_reader
from forum.posts.web import readable_post
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill


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
    Route("/posts/{id:int}/bookmark", bookmark),
    Route("/posts/{id:int}/bookmark", keep, methods=["POST"]),
    Route("/posts/{id:int}/bookmark/remove", drop, methods=["POST"]),
]
