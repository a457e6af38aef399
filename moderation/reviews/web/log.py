"""審査の公開記録: every decision, for everyone, without a word of what was judged; as pages, a feed and files."""

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from forum import feeds
from forum.access import Role
from forum.boards import queries as boards
from forum.boards.rules import Board, Kind, readable_kinds
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.guides.queries import rules_in_force
from forum.i18n import N_, _, by_locale
from forum.paging import NEWEST
from forum.proof import canonical
from forum.web import Form, actor_of, database, page, path_id, query_number, read, refill, site
from moderation.reviews import chain, exporting
from moderation.reviews.acts import ACT_NAMES
from moderation.reviews.keeping import FACILITATOR
from moderation.reviews.queries import chain as chained
from moderation.reviews.queries import log as lines
from moderation.reviews.queries.decisions import Decision
from moderation.reviews.selecting import LOG, Selection

PER_PAGE = 30
ROLE_NAMES: dict[str, str] = {
    Role.MODERATOR: N_("審査担当"),
    Role.ADMINISTRATOR: N_("管理者"),
    FACILITATOR: N_("世話人"),
}
Handler = Callable[[Request], Awaitable[Response]]


async def unfiltered(request: Request) -> Response:
    """The newest page of the log under its form, which shows what was typed."""
    found = await boards.boards(database(request), readable_kinds(actor_of(request)))
    return await _log_page(request, Selection(), found)


@refill(unfiltered)
async def log(request: Request) -> Response:
    """A page of the log, with the forms and links to get other parts of it."""
    return await _log_page(request, *await _selected(request))


async def _log_page(request: Request, selection: Selection, found_boards: list[Board]) -> Response:
    db = database(request)
    before = query_number(request, "before") or NEWEST
    found = await _page(request, selection, before, PER_PAGE + 1)
    shown, more = found[:PER_PAGE], len(found) > PER_PAGE
    form: Form | None = getattr(request.state, "form", None)
    return await page(
        request,
        "reviews/log.html",
        decisions=shown,
        only=selection.only,
        form=form or Form(),
        options=await _options(db, found_boards) if selection.post is None else {},
        act_names=ACT_NAMES,
        head=await chained.last(db),
        files={name: selection.address(suffix) for name, suffix in FILES.items()},
        older=selection.address(before=shown[-1].number) if more else None,
        newer=selection.address() if before != NEWEST else None,
    )


async def line(request: Request) -> Response:
    """One line, for good: what was decided, and what anybody needs to recompute its hashes."""
    db, readable = database(request), readable_kinds(actor_of(request))
    found = await lines.line(db, path_id(request, "number"))
    if found is None or found.board_kind not in readable:
        raise NotFound
    before = await lines.line(db, found.number - 1)
    return await page(
        request,
        "reviews/line.html",
        decision=found,
        act_names=ACT_NAMES,
        entry=canonical(chain.document(found)).decode(),
        link=canonical({"entry": found.entry, "previous": found.previous}).decode(),
        before=before.number if before and before.board_kind in readable else None,
    )


async def feed(request: Request) -> Response:
    """The newest lines as Atom, for whoever does not want to come and look."""
    selection, _boards = await _selected(request)
    decisions = await _page(request, selection, NEWEST, PER_PAGE)
    renderer, settings = site(request).renderer, site(request).settings
    text = renderer.render(
        "reviews/log.xml",
        {
            "decisions": decisions,
            "act_names": ACT_NAMES,
            "link": settings.link,
            "here": settings.link(selection.address(".atom")),
            "there": settings.link(selection.address()),
            "home": settings.link(LOG),
        },
    )
    return feeds.feed(request, text.encode(), decisions[0].decided_at if decisions else None)


def _file(suffix: str, kind: str, write: Callable[[exporting.Rows], AsyncIterator[bytes]]) -> Handler:
    async def download(request: Request) -> Response:
        selection, _boards = await _selected(request)
        headers = {"Content-Disposition": f'attachment; filename="moderation-log{suffix}"'}
        return StreamingResponse(write(_lines(request, selection)), media_type=kind, headers=headers)

    return download


async def _lines(request: Request, selection: Selection) -> AsyncIterator[tuple[Decision, bool]]:
    """The whole log is the whole chain; a part of it is what this reader may read."""
    readable = readable_kinds(actor_of(request))
    kinds = readable if selection.only else [kind.value for kind in Kind]
    only = selection.conditions(site(request).renderer.zone)
    async for decision in lines.each(database(request), kinds, only):
        yield decision, decision.board_kind in readable and not decision.veiled


async def _selected(request: Request) -> tuple[Selection, list[Board]]:
    """The filters of the address. Raises Invalid for what cannot be chosen."""
    found = await boards.boards(database(request), readable_kinds(actor_of(request)))
    selection = await read(request, Selection)
    if selection.board and selection.board not in {board.slug for board in found}:
        raise Invalid(board=_("選択肢から選んでください。"))
    return selection, found


async def _options(db: Database, found: list[Board]) -> dict[str, list[tuple[object, str]]]:
    """What each filter may be set to, and how it is called."""
    return {
        "board": [(board.slug, by_locale(board.name, board.name_en)) for board in found],
        "act": [(act, _(name)) for act, name in ACT_NAMES.items()],
        "rule": [
            (rule.number, f"{rule.number} {by_locale(rule.title, rule.title_en)}")
            for rule in await rules_in_force(db)
        ],
        "role": [(role, _(name)) for role, name in ROLE_NAMES.items()],
        "moderator": [(label, label) for label in await lines.labels(db)],
    }


async def _page(request: Request, selection: Selection, before: int, limit: int) -> list[Decision]:
    kinds = readable_kinds(actor_of(request))
    only = selection.conditions(site(request).renderer.zone)
    return await lines.page(database(request), kinds, only, before=before, limit=limit)


FILES = {"Atom": ".atom", "CSV": ".csv", "JSON": ".json"}
routes = [
    Route(LOG, log),
    Route(f"{LOG}/{{number:int}}", line),
    Route(f"{LOG}.atom", feed),
    Route("/feeds/log.atom", feed),
    Route(f"{LOG}.csv", _file(".csv", "text/csv", exporting.as_csv)),
    Route(f"{LOG}.json", _file(".json", "application/json", exporting.as_json)),
]
