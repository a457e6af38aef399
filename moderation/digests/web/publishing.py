"""The last look before a digest becomes everybody's."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.db import Database
from forum.i18n import _
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill
from moderation.approvals import queries as approvals
from moderation.approvals.panel import panel
from moderation.approvals.rules import Answer, Note
from moderation.digests import actions, covering, rules
from moderation.digests.actions.approving import subject
from moderation.digests.balancing import besides, ledger_of
from moderation.digests.lacking import lacking
from moderation.digests.queries import asking
from moderation.digests.queries.asking import Asked
from moderation.digests.rules import Seen
from moderation.digests.web.starting import digest_of
from moderation.digests.web.viewing import desk_of


async def check(request: Request) -> Response:
    db, digest = database(request), await digest_of(request)
    if digest.is_published:
        return redirect(request, f"/digests/{digest.id}")
    require(rules.can_sort(actor_of(request), digest))
    actor, ledger = actor_of(request), await ledger_of(db, digest)
    points = await covering.points(db, digest.id)
    lacks, hindrances = await lacking(db, digest, ledger, points), await besides(db, digest, ledger)
    asked = not (lacks or hindrances) and await approvals.asks(db)
    return await page(
        request,
        "digests/publish.html",
        digest=digest,
        desk=desk_of(actor, digest),
        ledger=ledger,
        lacks=lacks,
        hindrances=hindrances,
        approval=await panel(db, actor, rules.can_sort(actor, digest), await subject(db, digest))
        if asked
        else None,
        groups=points,
        unanswered=await questions(db, digest.id),
        form=getattr(request.state, "form", None) or Form(),
    )


async def questions(db: Database, digest_id: int) -> list[Asked]:
    """What other sections were asked and have not answered."""
    found = await asking.unanswered(db, digest_id)
    titles = await covering.readable(db, [(digest_id, one.title) for one in found]) if found else {}
    return [replace(one, title=titles[digest_id, one.title]) for one in found]


@refill(check)
async def publish(request: Request) -> Response:
    seen = await read(request, Seen)
    await actions.publish_digest(database(request), actor_of(request), path_id(request), seen.version)
    return redirect(
        request, f"/digests/{path_id(request)}", _("まとめを公開しました。意見を書いた人に知らせます。")
    )


@refill(check)
async def ask_approval(request: Request) -> Response:
    note = await read(request, Note)
    await actions.ask_approval(database(request), actor_of(request), path_id(request), note)
    return redirect(
        request, f"/digests/{path_id(request)}/publish", _("決裁を求めました。ほかの職員に知らせます。")
    )


@refill(check)
async def answer_approval(request: Request) -> Response:
    given = await read(request, Answer)
    await actions.answer_approval(database(request), actor_of(request), path_id(request), given)
    return redirect(request, f"/digests/{path_id(request)}/publish", _("決裁の結果を記録しました。"))


routes = [
    Route("/digests/{id:int}/publish", check),
    Route("/digests/{id:int}/publish", publish, methods=["POST"]),
    Route("/digests/{id:int}/approval", ask_approval, methods=["POST"]),
    Route("/digests/{id:int}/approval/answer", answer_approval, methods=["POST"]),
]
