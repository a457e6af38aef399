"""審査の公開記録: every decision, for everyone, without a word of what was judged."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.errors import NotFound
from forum.web import actor_of, database, page
from moderation.reviews.queries import decisions
from moderation.reviews.rules import ACT_NAMES, Act

PER_PAGE = 30
NEWEST = 2**63 - 1


async def log(request: Request) -> Response:
    db, kinds = database(request), readable_kinds(actor_of(request))
    found_boards = await boards.boards(db, kinds)
    only = _only(request, {board.slug for board in found_boards})
    before = _number(request, "before") or NEWEST
    found = await decisions.log(db, kinds, only, before=before, limit=PER_PAGE + 1)
    shown, more = found[:PER_PAGE], len(found) > PER_PAGE
    return await page(
        request,
        "reviews/log.html",
        decisions=shown,
        only=only,
        boards=found_boards,
        act_names=ACT_NAMES,
        older=_address(only, before=shown[-1].id) if more else None,
        newer=_address(only) if before != NEWEST else None,
    )


def _only(request: Request, slugs: set[str]) -> dict[str, object]:
    """The filters of the address. Raises NotFound for a board or an act that there is not."""
    post, board, act = _number(request, "post"), *map(request.query_params.get, ("board", "act"))
    if (board and board not in slugs) or (act and act not in set(Act)):
        raise NotFound
    return {name: value for name, value in {"post": post, "board": board, "act": act}.items() if value}


def _number(request: Request, name: str) -> int | None:
    written = request.query_params.get(name)
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise NotFound
    return int(written)


def _address(only: dict[str, object], **more: object) -> str:
    query = urlencode(only | more)
    return f"/moderation/log?{query}" if query else "/moderation/log"


routes = [Route("/moderation/log", log)]
