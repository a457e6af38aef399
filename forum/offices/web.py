"""運営: what an administrator sees and changes."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import Role, require
from forum.accounts import queries as accounts
from forum.accounts.queries import sections
from forum.accounts.rules import Section
from forum.boards import queries as boards
from forum.boards.rules import Board, Kind
from forum.errors import Conflict, NotFound
from forum.i18n import _, by_locale
from forum.offices import actions, queries, rules
from forum.offices.queries import Officer
from forum.offices.rules import KIND_NAMES, OFFICE_NAMES, ROLE_NAMES
from forum.paging import NEWEST, page_of
from forum.web import Form, actor_of, database, page, path_id, query_number, read, redirect, refill

HOME = "/admin"
CHANGES_SHOWN = 30


async def overview(request: Request) -> Response:
    require(rules.can_administer(actor_of(request)))
    db = database(request)
    holders, officers = await accounts.office_holders(db), await queries.officers(db)
    found = await boards.boards(db, [kind.value for kind in Kind])
    before = query_number(request, "before", NEWEST)
    changes = await queries.newest(db, before=before, limit=CHANGES_SHOWN + 1)
    shown, older = page_of(changes, CHANGES_SHOWN, f"{HOME}?before=")
    return await page(
        request,
        "offices/overview.html",
        boards=[(board, _(KIND_NAMES[Kind(board.kind)]), _of(board, officers)) for board in found],
        sections=(known := await sections.every(db)),
        section_names=_named(known),
        holders=[who for who in holders if who.role is not Role.RESIDENT],
        is_short_of_judges=rules.is_short_of_judges(holders),
        role_names=ROLE_NAMES,
        roles=[("", _("選んでください")), *((role.value, _(name)) for role, name in ROLE_NAMES.items())],
        changes=shown,
        older=older,
        newer=HOME if before != NEWEST else None,
        office_names={str(office): name for office, name in (*ROLE_NAMES.items(), *OFFICE_NAMES.items())},
        form=_form(request, {}),
    )


async def new_board(request: Request) -> Response:
    require(rules.can_administer(actor_of(request)))
    return await _board_page(request, None)


@refill(new_board)
async def open_board(request: Request) -> Response:
    form = await read(request, rules.NewBoard)
    await actions.open_board(database(request), actor_of(request), form)
    return redirect(request, f"{HOME}/boards/{form.slug}", _("会議室を開きました。"))


async def board(request: Request) -> Response:
    require(rules.can_administer(actor_of(request)))
    return await _board_page(request, await actions.board_of(database(request), request.path_params["slug"]))


@refill(board)
async def change_board(request: Request) -> Response:
    slug, form = request.path_params["slug"], await read(request, rules.BoardChange)
    await actions.change_board(database(request), actor_of(request), slug, form)
    return redirect(request, f"{HOME}/boards/{slug}", _("直しました。"))


@refill(board)
async def appoint_on_board(request: Request) -> Response:
    slug, form = request.path_params["slug"], await read(request, rules.BoardOffice)
    who = await actions.appoint_on_board(database(request), actor_of(request), slug, form)
    notice = _(
        "%(name)sさんを「%(office)s」にしました。", name=who.pen_name, office=_(OFFICE_NAMES[form.office])
    )
    return redirect(request, f"{HOME}/boards/{slug}", notice)


@refill(board)
async def dismiss_from_board(request: Request) -> Response:
    slug, form = request.path_params["slug"], await read(request, rules.Dismissal)
    await actions.dismiss_from_board(database(request), actor_of(request), slug, form)
    return redirect(request, f"{HOME}/boards/{slug}", _("役割を外しました。"))


@refill(overview)
async def appoint(request: Request) -> Response:
    form = await read(request, rules.Appointment)
    who = await actions.appoint(database(request), actor_of(request), form)
    notice = _("%(name)sさんを「%(office)s」にしました。", name=who.pen_name, office=_(ROLE_NAMES[form.role]))
    return redirect(request, HOME, notice)


async def new_section(request: Request) -> Response:
    require(rules.can_administer(actor_of(request)))
    return await _section_page(request, None)


@refill(new_section)
async def open_section(request: Request) -> Response:
    await actions.open_section(database(request), actor_of(request), await read(request, rules.SectionForm))
    return redirect(request, f"{HOME}#sections", _("課を加えました。"))


async def section(request: Request) -> Response:
    require(rules.can_administer(actor_of(request)))
    found = await sections.section(database(request), path_id(request))
    if found is None:
        raise NotFound
    return await _section_page(request, found)


@refill(section)
async def change_section(request: Request) -> Response:
    form = await read(request, rules.SectionChange)
    await actions.change_section(database(request), actor_of(request), path_id(request), form)
    return redirect(request, f"{HOME}#sections", _("直しました。"))


async def _board_page(request: Request, found: Board | None) -> Response:
    db = database(request)
    return await page(
        request,
        "offices/board.html",
        board=found,
        kind=_(KIND_NAMES[Kind(found.kind)]) if found else None,
        kinds=[(kind.value, _(name)) for kind, name in KIND_NAMES.items()],
        sections=_named(await sections.every(db)),
        officers=_of(found, await queries.officers(db)) if found else [],
        offices=[(office.value, _(name)) for office, name in OFFICE_NAMES.items()],
        office_names=OFFICE_NAMES,
        form=(form := _form(request, _entry(found) if found else {})),
        theirs=found if isinstance(form.refusal, Conflict) else None,
    )


async def _section_page(request: Request, found: Section | None) -> Response:
    form = _form(request, _entry(found) if found else {})
    theirs = found if isinstance(form.refusal, Conflict) else None
    return await page(request, "offices/section.html", section=found, form=form, theirs=theirs)


def _entry(found: Board | Section) -> dict[str, object]:
    return asdict(found) | {"version": rules.version_of(found)}


def _of(board: Board, officers: Iterable[Officer]) -> list[Officer]:
    """Who facilitates the board, and who moderates this one alone."""
    return [one for one in officers if one.board_id == board.id]


def _named(known: Iterable[Section]) -> list[tuple[str, str]]:
    return [(str(one.id), by_locale(one.name, one.name_en)) for one in known]


def _form(request: Request, entry: Mapping[str, object]) -> Form:
    """What was typed, and what there is wherever nothing was. After a conflict what was typed stands beside what is newer, and
    saving now replaces that."""
    typed: Form = getattr(request.state, "form", None) or Form()
    known = {name: ["" if value is None else str(value)] for name, value in entry.items()}
    newer = {"version": known["version"]} if isinstance(typed.refusal, Conflict) else {}
    return replace(typed, values=known | dict(typed.values) | newer)


routes = [
    Route(HOME, overview),
    Route(f"{HOME}/people", appoint, methods=["POST"]),
    Route(f"{HOME}/boards/new", new_board),
    Route(f"{HOME}/boards/new", open_board, methods=["POST"]),
    Route(f"{HOME}/boards/{{slug}}", board),
    Route(f"{HOME}/boards/{{slug}}", change_board, methods=["POST"]),
    Route(f"{HOME}/boards/{{slug}}/people", appoint_on_board, methods=["POST"]),
    Route(f"{HOME}/boards/{{slug}}/people/dismiss", dismiss_from_board, methods=["POST"]),
    Route(f"{HOME}/sections/new", new_section),
    Route(f"{HOME}/sections/new", open_section, methods=["POST"]),
    Route(f"{HOME}/sections/{{id:int}}", section),
    Route(f"{HOME}/sections/{{id:int}}", change_section, methods=["POST"]),
]
