"""The last look before a digest becomes everybody's."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.i18n import _
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill
from moderation.digests import actions, rules
from moderation.digests.balancing import hindrances_of, ledger_of
from moderation.digests.queries import groups
from moderation.digests.rules import Seen
from moderation.digests.web.starting import digest_of


async def check(request: Request) -> Response:
    db, digest = database(request), await digest_of(request)
    if digest.is_published:
        return redirect(request, f"/digests/{digest.id}")
    require(rules.can_sort(actor_of(request), digest))
    ledger = await ledger_of(db, digest)
    return await page(
        request,
        "digests/publish.html",
        digest=digest,
        ledger=ledger,
        hindrances=await hindrances_of(db, digest, ledger),
        groups=await groups.groups(db, digest.id),
        form=getattr(request.state, "form", None) or Form(),
    )


@refill(check)
async def publish(request: Request) -> Response:
    seen = await read(request, Seen)
    await actions.publish_digest(database(request), actor_of(request), path_id(request), seen.version)
    return redirect(
        request, f"/digests/{path_id(request)}", _("まとめを公開しました。意見を書いた人に知らせます。")
    )


routes = [
    Route("/digests/{id:int}/publish", check),
    Route("/digests/{id:int}/publish", publish, methods=["POST"]),
]
