"""The form in which those who keep a board sum a discussion up."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.drafts.web import sends_draft, written
from forum.files.receiving import left_out
from forum.files.web import adding_file
from forum.i18n import _
from forum.posts.previewing import previewing
from forum.posts.queries import posts
from forum.screening.web import read_asking
from forum.topics import recapping
from forum.topics.actions import recapping as actions
from forum.topics.recapping import Recap
from forum.topics.web.finding import head_of, topic_of
from forum.topics.web.reading import under_title_for
from forum.web import Form, actor_of, database, page, redirect, refill


async def new(request: Request) -> Response:
    actor, topic = actor_of(request), await head_of(request)
    require(recapping.can_recap(actor, topic))
    before = await posts.view(database(request), topic.recap_id) if topic.recap_id else None
    return await page(
        request,
        "topics/recap.html",
        topic=under_title_for(actor, topic),
        own=before if before and actor.wrote(before.author_id) else None,
        form=await written(request, f"recap:{topic.id}", Form()),
    )


@refill(new)
@sends_draft
async def sum_up(request: Request) -> Response:
    topic = await topic_of(request)
    recap = await read_asking(request, Recap, "body", besides=await left_out(request))
    await actions.sum_up(database(request), actor_of(request), topic.id, recap)
    return redirect(request, f"/topics/{topic.id}", _("まとめを載せました。"))


add_file, preview = adding_file(new), previewing(new)

routes = [
    Route("/topics/{id:int}/recap", new),
    Route("/topics/{id:int}/recap", sum_up, methods=["POST"]),
    Route("/topics/{id:int}/recap/files", add_file, methods=["POST"]),
    Route("/topics/{id:int}/recap/preview", preview, methods=["POST"]),
]
