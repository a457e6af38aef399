"""The inbox, how one hears of things, and the link that ends mail."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.devices import queries as devices
from forum.devices.rules import can_add_device
from forum.devices.sending import public_key
from forum.devices.web import session_of
from forum.errors import NotFound
from forum.i18n import _
from forum.notifications import actions, queries, rules
from forum.notifications.live import stamp_of
from forum.notifications.unsubscribing import opened
from forum.notifications.wording import is_of_office, worded
from forum.paging import NEWEST, page_of
from forum.web import actor_of, database, page, path_id, query_number, read, redirect, refill, site


async def inbox(request: Request) -> Response:
    """The newest notices are live; older pages stand still."""
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/inbox")
    before = query_number(request, "before", NEWEST)
    found = await queries.page_of_account(
        database(request), actor.id, before=before, limit=rules.PER_PAGE + 1
    )
    shown, older = page_of(found, rules.PER_PAGE, "/inbox?before=")
    return await page(
        request,
        "notifications/inbox.html",
        notifications=[
            worded(site(request).renderer, notification, office_waits=actor.lacks_second_factor)
            for notification in shown
        ],
        stamp=stamp_of(shown) if before == NEWEST else None,
        older=older,
    )


async def follow(request: Request) -> Response:
    """Marks the notification read and goes where it leads."""
    actor = actor_of(request)
    notification = await queries.notification(database(request), path_id(request))
    if notification is None or actor.id is None or notification.account_id != actor.id:
        raise NotFound
    if actor.lacks_second_factor and is_of_office(notification):
        return redirect(request, "/account/second-factor")
    await actions.open_notification(database(request), actor.id, notification)
    return redirect(request, notification.url)


async def read_all(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/inbox")
    await actions.read_all(database(request), actor.id)
    return redirect(request, "/inbox", _("すべて既読にしました。"))


async def settings(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/inbox/settings")
    own = rules.subjects_of(actor)
    chosen = rules.all_choices(await queries.choices(database(request), actor.id))
    return await page(
        request,
        "notifications/settings.html",
        choices=[choice for choice in chosen if choice.subject in own],
        labels=rules.LABELS,
        mails=[(mail, _(text)) for mail, text in rules.MAILS.items()],
        optional=rules.OPTIONAL_IN_ROOM,
        push_key=(key := public_key(site(request).settings)),
        devices=await devices.of_account(database(request), actor.id, clock.now()) if key else [],
        here=session_of(request),
        can_add_device=can_add_device(actor),
    )


@refill(settings)
async def choose(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/inbox/settings")
    made, own = (await read(request, rules.Choices)).made(), rules.subjects_of(actor)
    await actions.choose(database(request), actor.id, [choice for choice in made if choice.subject in own])
    return redirect(request, "/inbox/settings", _("お知らせの受け取り方を保存しました。"))


async def unsubscribe_form(request: Request) -> Response:
    """Opening the link changes nothing: mail scanners do that. The button does, and so do mail programs."""
    _account, subjects = opened(site(request), request.path_params["token"])
    return await page(
        request,
        "notifications/unsubscribe.html",
        subjects=[rules.LABELS[one] for one in subjects],
        done=False,
    )


async def unsubscribe(request: Request) -> Response:
    account_id, subjects = opened(site(request), request.path_params["token"])
    await actions.stop_mail(database(request), account_id, subjects)
    return await page(
        request, "notifications/unsubscribe.html", subjects=[rules.LABELS[one] for one in subjects], done=True
    )


routes = [
    Route("/inbox", inbox),
    Route("/inbox/read", read_all, methods=["POST"]),
    Route("/inbox/{id:int}", follow),
    Route("/inbox/settings", settings),
    Route("/inbox/settings", choose, methods=["POST"]),
    Route("/unsubscribe/{token}", unsubscribe_form),
    Route("/unsubscribe/{token}", unsubscribe, methods=["POST"]),
]
