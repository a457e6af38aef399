"""A resident's number for the counter, and the page on which a clerk verifies who shows it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.errors import NotFound
from forum.i18n import _
from forum.pace.actions import keep_pace
from forum.paging import NEWEST, page_of
from forum.residents import actions, queries
from forum.residents.rules import PER_PAGE, Ending, Presented, Verification, can_ask, can_verify
from forum.typed import texts
from forum.web import actor_of, database, page, path_id, query_number, read, redirect, refill

HOME = "/residents"


async def own(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, f"/login?next={actions.HOME}")
    held = await queries.of_account(database(request), actor.id)
    number = await queries.number_of(database(request), actor.id, clock.now()) if held is None else None
    return await page(
        request,
        "residents/own.html",
        held=held,
        number=number,
        can_ask=can_ask(actor),
    )


@refill(own)
async def ask_for_number(request: Request) -> Response:
    actor = actor_of(request)
    require(can_ask(actor))
    await keep_pace(database(request), "residence", actor.id)
    await actions.ask_for_number(database(request), actor)
    return redirect(request, actions.HOME)


async def desk(request: Request) -> Response:
    """Who shows the number that was typed, once that was looked up, and who was verified before."""
    actor, db = actor_of(request), database(request)
    require(can_verify(actor))
    before = query_number(request, "before", NEWEST)
    newest = await queries.newest(db, before=before, limit=PER_PAGE + 1)
    shown, older = page_of(newest, PER_PAGE, f"{HOME}?before=")
    return await page(
        request,
        "residents/desk.html",
        who=getattr(request.state, "who", None),
        typed_number=(await texts(request)).get("number", [""])[0],
        residences=shown,
        older=older,
        newer=HOME if before != NEWEST else None,
    )


async def _look_up(request: Request) -> None:
    """Who shows the number, for the page; each time is one of the few that a clerk has."""
    actor, db = actor_of(request), database(request)
    require(can_verify(actor))
    number = (await read(request, Presented)).number
    await keep_pace(db, "residence", actor.id)
    request.state.who = await actions.shown_by(db, actor, number)


@refill(desk)
async def find(request: Request) -> Response:
    """The number is sent in the body: no log and no history keeps it."""
    await _look_up(request)
    return await desk(request)


@refill(desk)
async def verify(request: Request) -> Response:
    await _look_up(request)
    who = await actions.verify(database(request), actor_of(request), await read(request, Verification))
    return redirect(request, HOME, _("%(name)sさんを、市民と確認しました。", name=who.pen_name))


async def residence(request: Request) -> Response:
    require(can_verify(actor_of(request)))
    found = await queries.residence(database(request), path_id(request))
    if found is None:
        raise NotFound
    return await page(request, "residents/show.html", residence=found)


@refill(residence)
async def end(request: Request) -> Response:
    form = await read(request, Ending)
    await actions.end(database(request), actor_of(request), path_id(request), form)
    return redirect(request, HOME, _("確認を取り消しました。"))


routes = [
    Route(actions.HOME, own),
    Route(actions.HOME, ask_for_number, methods=["POST"]),
    Route(HOME, desk),
    Route(HOME, find, methods=["POST"]),
    Route(f"{HOME}/verify", verify, methods=["POST"]),
    Route(f"{HOME}/{{id:int}}", residence),
    Route(f"{HOME}/{{id:int}}/end", end, methods=["POST"]),
]
