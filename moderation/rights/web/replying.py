"""The question to the author of the post, and the answer."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.errors import NotFound
from forum.i18n import _
from forum.screening.asking import MODERATORS
from forum.screening.web import read_asking
from forum.web import actor_of, database, page, path_id, redirect, refill
from moderation.rights import actions, queries, rules
from moderation.rights.rules import Filed, Kind, Reply
from moderation.rights.web.showing import shown


async def reply_form(request: Request) -> Response:
    """The question to the author."""
    filed = await _answered(request)
    facts = await shown(request, filed)
    return await page(
        request,
        "rights/reply.html",
        **facts,
        can_reply=rules.can_reply(actor_of(request), filed, facts["steps"], clock.now()),
        answer=rules.the_step(facts["steps"], *rules.ANSWERS),
        limit=rules.TEXT_MAX,
    )


@refill(reply_form)
async def reply(request: Request) -> Response:
    filed = await _answered(request)
    given = await read_asking(request, Reply, "body", readers=MODERATORS)
    await actions.reply(database(request), actor_of(request), filed.id, given)
    return redirect(
        request,
        f"/rights-requests/{filed.id}/reply",
        _("答えを受け取りました。結論が出たら、受信箱でお知らせします。"),
    )


async def _answered(request: Request) -> Filed:
    """For the author, once asked."""
    filed, actor = await queries.filed(database(request), path_id(request)), actor_of(request)
    asked = filed and rules.the_step(await queries.steps(database(request), filed.id), Kind.ASKED)
    if filed is None or not asked or not actor.wrote(filed.author_id):
        raise NotFound
    return filed


routes = [
    Route("/rights-requests/{id:int}/reply", reply_form),
    Route("/rights-requests/{id:int}/reply", reply, methods=["POST"]),
]
