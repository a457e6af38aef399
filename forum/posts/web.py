"""The history of a post, open to everyone who may read the post."""

from datetime import datetime
from typing import TypedDict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.errors import NotFound
from forum.posts.diffing import Piece, diff
from forum.posts.queries import posts, revisions
from forum.posts.rules import PostView, can_know_of, can_look_under_masks, can_read_words, titled_for
from forum.posts.viewing import View, all_published
from forum.web import actor_of, database, page, path_id


class HistoryEntry(TypedDict):
    """A revision as its page shows it: what changed against the one before."""

    number: int
    created_at: datetime
    sha256: str
    # Of a masked version.
    seal: str | None
    pieces: list[Piece]


async def history(request: Request) -> Response:
    post = await readable_post(request)
    require(can_read_words(actor_of(request), post))
    db = database(request)
    views = await all_published(db, await revisions.of_post(db, post.id))
    return await page(
        request,
        "posts/revisions.html",
        post=post,
        revisions=_with_pieces(views),
        sealed_for_me=bool(can_look_under_masks(actor_of(request), post)),
    )


async def readable_post(request: Request) -> PostView:
    """The post of the path, under the title that the person may read. Raises NotFound where the person may not know of it."""
    actor, post = actor_of(request), await posts.view(database(request), path_id(request))
    if post is None or not can_know_of(actor, post):
        raise NotFound
    return titled_for(actor, post)


def _with_pieces(history: list[View]) -> list[HistoryEntry]:
    """Newest first, each with its difference from the one before."""
    before = ["", *(view.shown for view in history)]
    return [
        HistoryEntry(
            number=view.revision.number,
            created_at=view.revision.created_at,
            sha256=view.sha256,
            seal=view.seal,
            pieces=diff(old, view.shown) if view.revision.number > 1 else [("same", view.shown)],
        )
        for old, view in zip(before, history, strict=False)
    ][::-1]


routes = [Route("/posts/{id:int}/revisions", history)]
