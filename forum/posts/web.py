"""The history of a post, open to everyone who may read the post."""

from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.boards.rules import can_read
from forum.errors import NotFound
from forum.posts.diffing import Piece, diff
from forum.posts.queries import posts, revisions
from forum.posts.rules import PostView, Revision, can_know_of, can_read_words, shown_title
from forum.web import actor_of, database, page, path_id


class HistoryEntry(TypedDict):
    """A revision as its page shows it: what changed against the one before."""

    number: int
    created_at: datetime
    sha256: str
    pieces: list[Piece]


async def history(request: Request) -> Response:
    post = await readable_post(request)
    require(can_read_words(actor_of(request), post))
    versions = await revisions.of_post(database(request), post.id)
    return await page(request, "posts/revisions.html", post=post, revisions=_with_pieces(versions))


async def readable_post(request: Request) -> PostView:
    """The post of the path, under the title that the person may read. Raises NotFound where the person may not know of it."""
    actor, post = actor_of(request), await posts.view(database(request), path_id(request))
    if post is None or not can_know_of(actor, post) or not can_read(actor, post.board_kind):
        raise NotFound
    if actor.moderates(post.board_id):
        return post
    return replace(post, topic_title=shown_title(post.topic_state, post.topic_title))


def _with_pieces(history: list[Revision]) -> list[HistoryEntry]:
    """Newest first, each with its difference from the one before."""
    before = ["", *(revision.raw for revision in history)]
    return [
        HistoryEntry(
            number=revision.number,
            created_at=revision.created_at,
            sha256=revision.sha256,
            pieces=diff(old, revision.raw) if revision.number > 1 else [("same", revision.raw)],
        )
        for old, revision in zip(before, history, strict=False)
    ][::-1]


routes = [Route("/posts/{id:int}/revisions", history)]
