"""催しと講座: a small calendar, also for other programs; まちの団体: who is there."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.community import actions, queries, rules
from forum.community.rules import KIND_NAMES, End, Group, GroupForm, Occasion, OccasionForm
from forum.errors import Conflict, NotFound
from forum.feeds import named
from forum.i18n import N_, _
from forum.icalendar import MEDIA_TYPE, Event
from forum.icalendar import calendar as written
from forum.paging import page_of
from forum.screening.web import read_asking
from forum.web import Form, actor_of, database, page, path_id, query_number, redirect, refill, site

CALENDAR, GROUPS = "/calendar", "/groups"
CALLED_OFF = N_("【中止】%(title)s")


async def calendar(request: Request) -> Response:
    """What is to come, month by month."""
    actor, after, size = actor_of(request), query_number(request, "after"), rules.OCCASIONS_SHOWN
    coming = await queries.occasions(database(request), clock.now(), size + 1, after=after)
    found, later = page_of(coming, size, f"{CALENDAR}?after=")
    return await page(
        request,
        "community/calendar.html",
        months=rules.by_month(found, site(request).renderer.zone),
        can_enter=rules.can_enter(actor),
        changeable={one.id for one in found if rules.can_change(actor, one.entered_by)},
        kind_names=KIND_NAMES,
        later=later,
        first=CALENDAR if after else None,
    )


async def feed(request: Request) -> Response:
    """For calendar programs: with the days on which phases of discussions end; what was called off says so there as well."""
    db, now = database(request), clock.now()
    events = [_event(request, one) for one in await queries.occasions(db, now, rules.OCCASIONS_SHOWN)]
    events += [_end(request, one) for one in await queries.ends(db, now, rules.OCCASIONS_SHOWN)]
    name = named(request, _("催しと講座"))
    return Response(written("Community", name, events, now), media_type=MEDIA_TYPE)


async def new_occasion(request: Request) -> Response:
    require(rules.can_enter(actor_of(request)))
    return await _occasion_page(request, None)


@refill(new_occasion)
async def enter_occasion(request: Request) -> Response:
    form = await read_asking(request, OccasionForm, "about")
    zone = site(request).renderer.zone
    number = await actions.enter_occasion(database(request), actor_of(request), form, zone)
    return redirect(request, f"{CALENDAR}#occasion-{number}", _("載せました。"))


async def edit_occasion(request: Request) -> Response:
    found = await queries.occasion(database(request), path_id(request))
    if found is None:
        raise NotFound
    require(rules.can_change(actor_of(request), found.entered_by))
    return await _occasion_page(request, found)


@refill(edit_occasion)
async def change_occasion(request: Request) -> Response:
    db, number, zone = database(request), path_id(request), site(request).renderer.zone
    known = await queries.occasion(db, number)
    form = await read_asking(request, OccasionForm, "about", known=known.about if known else "")
    await actions.change_occasion(db, actor_of(request), number, form, zone)
    return redirect(request, f"{CALENDAR}#occasion-{number}", _("直しました。"))


async def groups(request: Request) -> Response:
    actor, after, size = actor_of(request), query_number(request, "after"), rules.GROUPS_SHOWN
    known = await queries.groups(database(request), actor, after=after, limit=size + 1)
    found, further = page_of(known, size, f"{GROUPS}?after=")
    changeable = {one.id for one in found if rules.can_change(actor, one.entered_by)}
    return await page(
        request,
        "community/groups.html",
        groups=[one for one in found if not one.unlisted],
        unlisted=[one for one in found if one.unlisted and one.id in changeable],
        can_enter=rules.can_enter(actor),
        changeable=changeable,
        further=further,
        first=GROUPS if after else None,
    )


async def new_group(request: Request) -> Response:
    require(rules.can_enter(actor_of(request)))
    return await _group_page(request, None)


@refill(new_group)
async def list_group(request: Request) -> Response:
    form = await read_asking(request, GroupForm, "about")
    number = await actions.list_group(database(request), actor_of(request), form)
    return redirect(request, f"{GROUPS}#group-{number}", _("載せました。"))


async def edit_group(request: Request) -> Response:
    found = await queries.group(database(request), path_id(request))
    if found is None:
        raise NotFound
    require(rules.can_change(actor_of(request), found.entered_by))
    return await _group_page(request, found)


@refill(edit_group)
async def change_group(request: Request) -> Response:
    db, number = database(request), path_id(request)
    known = await queries.group(db, number)
    form = await read_asking(request, GroupForm, "about", known=known.about if known else "")
    await actions.change_group(db, actor_of(request), number, form)
    return redirect(request, f"{GROUPS}#group-{number}", _("直しました。"))


async def _occasion_page(request: Request, found: Occasion | None) -> Response:
    return await page(
        request,
        "community/occasion_form.html",
        occasion=found,
        kinds=[(kind.value, _(name)) for kind, name in KIND_NAMES.items()],
        limit=rules.ABOUT_MAX,
        form=(form := _form(request, _fields(request, found) if found else {})),
        theirs=found if isinstance(form.refusal, Conflict) else None,
    )


async def _group_page(request: Request, found: Group | None) -> Response:
    return await page(
        request,
        "community/group_form.html",
        group=found,
        limit=rules.ABOUT_MAX,
        form=(form := _form(request, asdict(found) if found else {})),
        theirs=found if isinstance(form.refusal, Conflict) else None,
    )


def _fields(request: Request, found: Occasion) -> dict[str, object]:
    """As the form has them: times without a zone."""
    local = site(request).renderer.local
    times = {"starts_at": found.starts_at, "ends_at": found.ends_at}
    return asdict(found) | {
        name: f"{local(moment):%Y-%m-%dT%H:%M}" if moment else "" for name, moment in times.items()
    }


def _form(request: Request, entry: Mapping[str, object]) -> Form:
    """What was typed, or else what stands in the list; of a box that is not ticked, nothing. After a conflict what was typed
    stands beside the newer entry, and saving now replaces that one."""
    typed: Form | None = getattr(request.state, "form", None)
    if typed and isinstance(typed.refusal, Conflict):
        return replace(typed, values={**typed.values, "version": [str(entry["version"])]})
    return typed or Form(
        {name: ["on" if value is True else str(value)] for name, value in entry.items() if value is not False}
    )


def _event(request: Request, one: Occasion) -> Event:
    settings = site(request).settings
    return Event(
        uid=f"occasion-{one.id}@{settings.address.host or 'localhost'}",
        start=one.starts_at,
        end=one.ends_at,
        summary=_(CALLED_OFF, title=one.title) if one.cancelled else one.title,
        place=one.place,
        url=settings.link(f"{CALENDAR}#occasion-{one.id}"),
        version=one.version,
        cancelled=one.cancelled,
    )


def _end(request: Request, one: End) -> Event:
    settings = site(request).settings
    return Event(
        uid=f"phase-{one.topic_id}-{one.place}@{settings.address.host or 'localhost'}",
        start=site(request).renderer.local(one.until).date(),
        summary=_("「%(phase)s」の最後の日：%(title)s", phase=one.phase, title=one.title),
        url=settings.link(f"/topics/{one.topic_id}"),
    )


routes = [
    Route(CALENDAR, calendar),
    Route(f"{CALENDAR}.ics", feed),
    Route(f"{CALENDAR}/new", new_occasion),
    Route(f"{CALENDAR}/new", enter_occasion, methods=["POST"]),
    Route(f"{CALENDAR}/{{id:int}}", edit_occasion),
    Route(f"{CALENDAR}/{{id:int}}", change_occasion, methods=["POST"]),
    Route(GROUPS, groups),
    Route(f"{GROUPS}/new", new_group),
    Route(f"{GROUPS}/new", list_group, methods=["POST"]),
    Route(f"{GROUPS}/{{id:int}}", edit_group),
    Route(f"{GROUPS}/{{id:int}}", change_group, methods=["POST"]),
]
