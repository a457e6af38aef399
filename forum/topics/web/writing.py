"""Starting topics, replying, editing and withdrawing."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import Actor, require
from forum.boards.rules import can_start
from forum.db import Database
from forum.drafts.web import sends_draft, written
from forum.errors import Conflict
from forum.files.receiving import left_out
from forum.files.web import adding_file
from forum.i18n import _
from forum.pace.actions import keep_pace
from forum.posts import rules as post_rules
from forum.posts.actions import look_under_masks
from forum.posts.previewing import previewing
from forum.posts.queries import posts
from forum.posts.rules import Draft, Edit, Post, PostView, for_reader
from forum.posts.web import readable_post
from forum.screening.web import read_asking
from forum.topics import rules
from forum.topics.actions import discussing
from forum.topics.rules import Opening
from forum.topics.web.finding import board_of
from forum.topics.web.reading import topic
from forum.web import (
    Form,
    actor_of,
    database,
    fragment,
    page,
    path_id,
    redirect,
    refill,
    wants_fragment,
)


async def new_topic(request: Request) -> Response:
    board = await board_of(request)
    if actor_of(request).is_guest and request.method == "GET":
        return redirect(request, f"/login?next=/boards/{board.slug}/topics/new")
    require(can_start(actor_of(request), board))
    form = await written(request, f"topic:{board.slug}", Form())
    return await page(request, "topics/new.html", board=board, form=form)


@refill(new_topic)
@sends_draft
async def start(request: Request) -> Response:
    db, actor, board = database(request), actor_of(request), await board_of(request)
    opening = await read_asking(request, Opening, "title", "body", besides=await left_out(request))
    await _keep_pace(db, actor)
    topic_id, _post_id = await discussing.start(db, actor, board, opening, once=True)
    return redirect(request, f"/topics/{topic_id}", _("話題を出しました。"))


@refill(topic, for_guests=True)
@sends_draft
async def reply(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    draft = await read_asking(request, Draft, "body", besides=await left_out(request))
    await _keep_pace(db, actor)
    post_id = await discussing.reply(db, actor, path_id(request), draft, once=True)
    if not wants_fragment(request):
        return redirect(request, f"/posts/{post_id}")
    post = await posts.view(db, post_id)
    assert post is not None
    return await fragment(request, "posts/_post.html", 201, post=for_reader(actor, post))


add_to_reply, add_to_opening = adding_file(topic), adding_file(new_topic)
preview_reply, preview_opening = previewing(topic), previewing(new_topic)


async def edit_form(request: Request) -> Response:
    post = await readable_post(request)
    require(post_rules.can_edit(actor_of(request), post))
    current = await posts.post(database(request), post.id)
    assert current is not None
    if current.masked is not None:
        await look_under_masks(database(request), actor_of(request), current, _("自分の投稿の編集"))
    form = await written(request, f"edit:{post.id}", Form({"body": [current.raw]}))
    return await page(
        request,
        "posts/edit.html",
        post=post,
        form=_after_conflict(form, current),
        theirs=current.raw if isinstance(form.refusal, Conflict) else None,
    )


add_to_edit, preview_edit = adding_file(edit_form), previewing(edit_form)


@refill(edit_form)
@sends_draft
async def edit(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    current = await posts.post(db, path_id(request))
    words = await read_asking(
        request, Edit, "body", known=current.raw if current else "", besides=await left_out(request)
    )
    await _keep_pace(db, actor)
    await discussing.edit(db, actor, path_id(request), words)
    return redirect(request, f"/posts/{path_id(request)}", _("直しました。"))


async def withdraw_form(request: Request) -> Response:
    post = await readable_post(request)
    require(post_rules.can_withdraw(actor_of(request), post))
    return await page(request, "posts/withdraw.html", post=post)


async def withdraw(request: Request) -> Response:
    post: PostView = await readable_post(request)
    await discussing.withdraw(database(request), actor_of(request), post.id)
    return redirect(request, f"/topics/{post.topic_id}?page={rules.page_of(post.number)}")


async def _keep_pace(db: Database, actor: Actor) -> None:
    if actor.id is not None and not actor.is_staff:
        await keep_pace(db, "post" if actor.approved_posts else "post_new_member", actor.id)


def _after_conflict(form: Form, current: Post) -> Form:
    """After a conflict, and no other refusal, the author's text stands beside the newer one, and saving now replaces that one."""
    if not isinstance(form.refusal, Conflict):
        return form
    return Form({**form.values, "version": [str(current.version)]}, form.errors, form.refusal)


routes = [
    Route("/boards/{slug}/topics/new", new_topic),
    Route("/boards/{slug}/topics", start, methods=["POST"]),
    Route("/boards/{slug}/topics/files", add_to_opening, methods=["POST"]),
    Route("/boards/{slug}/topics/preview", preview_opening, methods=["POST"]),
    Route("/topics/{id:int}/replies", reply, methods=["POST"]),
    Route("/topics/{id:int}/replies/files", add_to_reply, methods=["POST"]),
    Route("/topics/{id:int}/replies/preview", preview_reply, methods=["POST"]),
    Route("/posts/{id:int}/edit", edit_form),
    Route("/posts/{id:int}/edit", edit, methods=["POST"]),
    Route("/posts/{id:int}/edit/files", add_to_edit, methods=["POST"]),
    Route("/posts/{id:int}/edit/preview", preview_edit, methods=["POST"]),
    Route("/posts/{id:int}/withdraw", withdraw_form),
    Route("/posts/{id:int}/withdraw", withdraw, methods=["POST"]),
]
