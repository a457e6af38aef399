"""The inbox."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.i18n import _
from forum.notifications import actions, queries
from forum.notifications.wording import worded
from forum.web import actor_of, database, page, path_id, query_number, redirect, site

PER_PAGE = 30
NEWEST = 2**63 - 1


async def inbox(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/inbox")
    found = await queries.page_of_account(
        database(request),
        actor.id,
        before=query_number(request, "before", NEWEST),
        limit=PER_PAGE + 1,
    )
    shown = [worded(site(request).renderer, notification) for notification in found[:PER_PAGE]]
    older = f"/inbox?before={shown[-1].id}" if len(found) > PER_PAGE else None
    return await page(request, "notifications/inbox.html", notifications=shown, older=older)


async def follow(request: Request) -> Response:
    """Marks the notification read and goes where it leads."""
    actor = actor_of(request)
    notification = await queries.notification(database(request), path_id(request))
    if notification is None or actor.id is None or notification.account_id != actor.id:
        raise NotFound
    await actions.open_notification(database(request), actor.id, notification)
    return redirect(request, notification.url)


async def read_all(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/inbox")
    await actions.read_all(database(request), actor.id)
    return redirect(request, "/inbox", _("すべて既読にしました。"))


routes = [
    Route("/inbox", inbox),
    Route("/inbox/read", read_all, methods=["POST"]),
    Route("/inbox/{id:int}", follow),
]
