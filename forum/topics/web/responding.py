"""Answers to a post beside it, and reactions to it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.pace.actions import keep_pace
from forum.posts.queries import answers, posts, reactions
from forum.posts.reacting import LABELS, Press, can_react
from forum.posts.rules import PostView, can_read_words, for_reader
from forum.posts.web import readable_post
from forum.topics.actions import responding
from forum.web import actor_of, database, fragment, page, read, redirect, refill, wants_fragment

ANSWERS_MAX = 50


async def show_answers(request: Request) -> Response:
    """The answers to a post; for a script only they, to be opened in place."""
    actor, post = actor_of(request), await readable_post(request)
    found = await answers.to_post(database(request), post.id, ANSWERS_MAX + 1)
    shown = [for_reader(actor, answer) for answer in found[:ANSWERS_MAX]]
    if wants_fragment(request):
        return await fragment(request, "posts/_aside.html", posts=shown)
    return await page(
        request,
        "posts/replies.html",
        post=post,
        answered=[for_reader(actor, post)],
        posts=shown,
        more=len(found) > ANSWERS_MAX,
    )


async def choosing(request: Request) -> Response:
    """What one may press and has pressed, where no script marks it under the post."""
    actor, post = actor_of(request), await readable_post(request)
    require(can_read_words(actor, post))
    own = await reactions.of_person(database(request), post.id, actor.id) if actor.id else frozenset()
    return await page(
        request,
        "posts/reactions.html",
        post=for_reader(actor, post),
        choices=[
            {
                "kind": kind,
                "label": label,
                "number": getattr(post, kind),
                "chosen": kind in own,
                "ruling": can_react(actor, post, kind),
            }
            for kind, label in LABELS.items()
        ],
    )


@refill(choosing)
async def react(request: Request) -> Response:
    actor, post = actor_of(request), await readable_post(request)
    if actor.id is None:
        return redirect(request, f"/login?next=/posts/{post.id}/reactions")
    press = await read(request, Press)
    await keep_pace(database(request), "react", actor.id)
    await responding.react(database(request), actor, post.id, press)
    if wants_fragment(request):
        return await fragment(request, "posts/_responses.html", post=await _now(request, post))
    return redirect(request, f"/posts/{post.id}/reactions")


async def _now(request: Request, post: PostView) -> PostView:
    found = await posts.view(database(request), post.id)
    assert found is not None
    return found


routes = [
    Route("/posts/{id:int}/replies", show_answers),
    Route("/posts/{id:int}/reactions", choosing),
    Route("/posts/{id:int}/reactions", react, methods=["POST"]),
]
