"""毎日の点検: that no post was lost, day by day, for everyone; what exactly does not agree, for moderators."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forum.boards.rules import readable_kinds
from forum.paging import NEWEST
from forum.proof import moment
from forum.web import actor_of, database, page, query_number
from moderation.figures import rules
from moderation.figures.actions import PAGE
from moderation.figures.queries import recounts
from moderation.figures.queries.recounts import BoardCount
from moderation.figures.rules import Count, Recount

PER_PAGE = 31
# A year of days, and some that were counted twice.
IN_FILE = 400
ANYBODY = {"Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True, slots=True)
class Result:
    """A recount in all, by board as far as the reader may know of it, and the boards that are left in one sum."""

    recount: Recount
    total: Count
    boards: Sequence[BoardCount]
    others: Count | None


async def recount_page(request: Request) -> Response:
    before = query_number(request, "before") or NEWEST
    results = await _results(request, before, PER_PAGE + 1)
    shown, more = results[:PER_PAGE], len(results) > PER_PAGE
    return await page(
        request,
        "figures/recounts.html",
        results=shown,
        older=f"{PAGE}?before={shown[-1].recount.id}" if more else None,
        newer=PAGE if before != NEWEST else None,
    )


async def as_json(request: Request) -> Response:
    """The same for whoever wants to add up."""
    said = [_document(result) for result in await _results(request, NEWEST, IN_FILE)]
    return JSONResponse({"recounts": said}, headers=ANYBODY)


async def _results(request: Request, before: int, limit: int) -> list[Result]:
    db = database(request)
    found = await recounts.page(db, before=before, limit=limit)
    kinds = readable_kinds(actor_of(request))
    counts = await recounts.of_boards(db, [recount.id for recount in found], kinds)
    return [
        _result(recount, [count for count in counts if count.recount_id == recount.id]) for recount in found
    ]


def _result(recount: Recount, counts: Sequence[BoardCount]) -> Result:
    unnamed = [count for count in counts if count.slug is None]
    return Result(
        recount,
        rules.total(counts),
        [count for count in counts if count.slug is not None],
        rules.total(unnamed) if unnamed else None,
    )


def _document(result: Result) -> dict[str, object]:
    recount = result.recount
    return {
        "day": recount.day.isoformat(),
        "time": moment(recount.checked_at),
        "balances": recount.balances,
        "findings": recount.found,
        **_numbers(result.total),
        "boards": [{"board": count.slug, **_numbers(count)} for count in result.boards],
        "other_boards": _numbers(result.others) if result.others else None,
    }


def _numbers(count: Count) -> dict[str, int]:
    return {
        "received": count.received,
        "visible": count.visible,
        "held": count.held,
        "hidden": count.hidden,
        "withdrawn": count.withdrawn,
    }


routes = [Route(PAGE, recount_page), Route("/open-data/recounts.json", as_json)]
