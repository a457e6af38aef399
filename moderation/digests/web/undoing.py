"""The history of a desk: everything that was done, each act with the button that takes it back."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.i18n import _
from forum.web import actor_of, database, page, path_id, read, redirect, refill
from moderation.digests import actions, rules
from moderation.digests.queries import groups
from moderation.digests.queries import history as acts
from moderation.digests.rules import Seen
from moderation.digests.web.going_on import place_after
from moderation.digests.web.sorting import bench
from moderation.digests.web.starting import digest_of
from moderation.digests.web.viewing import view_of

PER_PAGE = 50


async def history(request: Request) -> Response:
    db, digest, number = database(request), await digest_of(request), view_of(request).page
    require(rules.can_edit(actor_of(request), digest))
    found = await acts.history(db, digest.id, PER_PAGE + 1, (number - 1) * PER_PAGE)
    return await page(
        request,
        "digests/history.html",
        digest=digest,
        history=found[:PER_PAGE],
        may_undo=bool(rules.can_sort(actor_of(request), digest)),
        page_number=number,
        last_page=number + (len(found) > PER_PAGE),
        act_name=rules.act_name,
        can_undo=rules.can_undo,
    )


@refill(bench)
async def undo(request: Request) -> Response:
    db, digest_id, seen = database(request), path_id(request), await read(request, Seen)
    undone, _changes = await acts.changed(db, digest_id, seen.version)
    act = await actions.undo(db, actor_of(request), digest_id, seen.version)
    points, touched = await groups.groups(db, digest_id), undone.groups if undone else ()
    place = place_after(view_of(request), points, points, touched, judged=False)
    notice = _("「%(act)s」を元に戻しました。", act=rules.act_name(act))
    return redirect(request, f"/digests/{digest_id}/edit?{place}", notice)


routes = [
    Route("/digests/{id:int}/history", history),
    Route("/digests/{id:int}/undo", undo, methods=["POST"]),
]
