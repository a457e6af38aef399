"""Answering a proposal on the page of its item, and the page that says which boards ask for two people."""

from typing import Annotated

from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.i18n import _, by_locale
from forum.screening.asking import LOG
from forum.screening.web import read_asking
from forum.web import actor_of, database, page, path_id, redirect, refill
from moderation.reviews import pairs
from moderation.reviews.actions import seconding, switching
from moderation.reviews.pairs import STEP_DONE, Answer, Step, Switch
from moderation.reviews.queries import switches
from moderation.reviews.targets import Target
from moderation.reviews.web.listing import view_of
from moderation.reviews.web.reviewing import item
from moderation.reviews.web.walking import next_address

PAGE = "/moderation/pairs"


class Answered(Answer):
    """The form at a proposal: the answer, and whether to go on to the next item."""

    onward: Annotated[bool, BeforeValidator(lambda typed: typed == "on")] = False


@refill(item)
async def answer(request: Request) -> Response:
    """Confirms or declines, and opens the next item; or withdraws."""
    post_id, given = path_id(request), await read_asking(request, Answered, "answer", readers=LOG)
    await seconding.answer(database(request), actor_of(request), post_id, path_id(request, "proposal"), given)
    onward = given.onward and given.step is not Step.WITHDRAW
    here = view_of(request).address(Target.POST.page(post_id))
    there = await next_address(request, Target.POST) if onward else here
    return redirect(request, there, _(STEP_DONE[given.step]))


async def boards_page(request: Request) -> Response:
    """Which boards ask for two people, since when and why, for everyone; the switch, for administrators."""
    db, actor = database(request), actor_of(request)
    found = await switches.switches(db, readable_kinds(actor))
    now = {one.board_id: one for one in reversed(found)}
    shown = await boards.boards(db, readable_kinds(actor))
    return await page(
        request,
        "reviews/pairs.html",
        boards=[(board, now.get(board.id)) for board in shown],
        switches=found,
        may_switch=bool(pairs.can_switch(actor)),
        board_options=[(board.id, by_locale(board.name, board.name_en)) for board in shown],
    )


@refill(boards_page)
async def switch(request: Request) -> Response:
    wish = await read_asking(request, Switch, "why", readers=LOG)
    await switching.switch(database(request), actor_of(request), wish)
    return redirect(
        request,
        PAGE,
        _("これからは、2人で決めます。") if wish.asks == "yes" else _("これからは、1人で決められます。"),
    )


routes = [
    Route("/queue/{id:int}/proposals/{proposal:int}", answer, methods=["POST"]),
    Route(PAGE, boards_page),
    Route(PAGE, switch, methods=["POST"]),
]
