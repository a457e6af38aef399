"""透明性の報告: a year of moderation in numbers, for everyone, as a page and as data."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forum import clock
from forum.boards import queries as boards
from forum.boards.rules import Board
from forum.errors import NotFound
from forum.guides.queries import rules_in_force
from forum.i18n import by_locale
from forum.web import database, page, path_id, site
from moderation.appeals import queries as appeals
from moderation.figures import exporting
from moderation.figures.queries import years as queries
from moderation.figures.years import Year, added, bounds
from moderation.reviews.acts import ACT_NAMES
from moderation.reviews.rules import spell
from moderation.rights import queries as rights
from moderation.rights.rules import RIGHT_NAMES

PAGE = "/transparency"
ANYBODY = {"Access-Control-Allow-Origin": "*"}


async def this_year(request: Request) -> Response:
    return await _page(request, _today(request))


async def one_year(request: Request) -> Response:
    return await _page(request, path_id(request, "year"))


async def _page(request: Request, number: int) -> Response:
    db = database(request)
    known = await _years(request)
    if number not in known:
        raise NotFound
    found = await _year(request, number)
    names = {board.id: (board.slug, by_locale(board.name, board.name_en)) for board in await _boards(request)}
    titles = {rule.number: by_locale(rule.title, rule.title_en) for rule in await rules_in_force(db)}
    return await page(
        request,
        "figures/transparency.html",
        number=number,
        so_far=number == _today(request),
        years=known,
        year=found,
        boards=names,
        titles=titles,
        act_names=ACT_NAMES,
        right_names=RIGHT_NAMES,
        waits=[
            (wait, *(spell(timedelta(seconds=s)) for s in (wait.median, wait.most))) for wait in found.waits
        ],
        files={kind.upper(): f"{PAGE}/{number}.{kind}" for kind in ("csv", "json")},
    )


async def as_json(request: Request) -> Response:
    number, found, slugs = await _asked(request)
    return JSONResponse(exporting.document(number, found, slugs), headers=ANYBODY)


async def as_csv(request: Request) -> Response:
    number, found, slugs = await _asked(request)
    headers = ANYBODY | {"Content-Disposition": f'attachment; filename="transparency-{number}.csv"'}
    return Response(exporting.as_csv(found, slugs), media_type="text/csv", headers=headers)


async def _asked(request: Request) -> tuple[int, Year, dict[int, str]]:
    number = path_id(request, "year")
    if number not in await _years(request):
        raise NotFound
    found = await _year(request, number)
    return number, found, {board.id: board.slug for board in await _boards(request)}


async def _year(request: Request, number: int) -> Year:
    db, zone = database(request), site(request).renderer.zone
    since, until = bounds(number, zone)
    return added(
        await queries.received(db, since, until, zone.key),
        await queries.decided(db, since, until, zone.key),
        await queries.reported(db, since, until),
        await queries.waits(db, since, until),
        [row for row in await appeals.figures(db, queries.PUBLIC, since, until) if row.appeals],
        await rights.figures(db, queries.PUBLIC, since, until),
        await queries.outcomes(db, since, until),
    )


async def _boards(request: Request) -> list[Board]:
    return await boards.boards(database(request), queries.PUBLIC)


async def _years(request: Request) -> list[int]:
    """The newest first, since the first post."""
    first = await queries.first_post_at(database(request))
    today = _today(request)
    return [*range(today, (site(request).renderer.local(first).year if first else today) - 1, -1)]


def _today(request: Request) -> int:
    return site(request).renderer.local(clock.now()).year


routes = [
    Route(PAGE, this_year),
    Route(f"{PAGE}/{{year:int}}", one_year),
    Route(f"{PAGE}/{{year:int}}.json", as_json),
    Route(f"{PAGE}/{{year:int}}.csv", as_csv),
]
