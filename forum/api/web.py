"""/api: what everybody may read, for programs that know Discourse. It is nobody who asks, whoever is logged in."""

from collections.abc import Iterable

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import GUEST
from forum.api import queries, shapes
from forum.api.finding import asked, board_of, boards_of, topic_of
from forum.api.saying import answering
from forum.boards.rules import Board, readable_kinds
from forum.errors import Forbidden, Invalid, NotFound
from forum.i18n import DEFAULT_LOCALE, _
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.posts.queries import posts
from forum.posts.rules import PostView, State, for_everyone, is_known
from forum.programs import ROOT, Said
from forum.search.excerpts import excerpt
from forum.search.finding import found, wanted
from forum.search.rules import FIRST, Order, Place, Question, asked_in_all
from forum.topics import queries as topics
from forum.topics.rules import POSTS_PER_PAGE, TOPICS_PER_PAGE, page_of, pages, public_row
from forum.validating import validated
from forum.web import COUNT_DIGITS_MAX, DIGITS_MAX, database, path_id, query_number, site

POSTS_MAX = 50


async def about(request: Request) -> Response:
    city = site(request).settings.city
    return Said({"about": {"title": _("IT市民会議室"), "description": city, "locale": DEFAULT_LOCALE}})


async def whole_site(request: Request) -> Response:
    return Said({"categories": [shapes.category(board) for board in await boards_of(request)]})


async def categories(request: Request) -> Response:
    shown = [shapes.category(board) for board in await boards_of(request)]
    return Said(
        {"category_list": {"can_create_category": False, "can_create_topic": False, "categories": shown}}
    )


async def category(request: Request) -> Response:
    return Said({"category": shapes.category(await board_of(request))})


async def latest(request: Request) -> Response:
    return await _topics(request, await boards_of(request), f"{ROOT}/latest")


async def of_category(request: Request) -> Response:
    board = await board_of(request)
    return await _topics(request, [board], f"{ROOT}/c/{board.slug}/{board.id}/l/latest")


async def _topics(request: Request, among: Iterable[Board], here: str) -> Response:
    db, page = database(request), query_number(request, "page", 0, COUNT_DIGITS_MAX)
    rows = await queries.latest(db, [board.id for board in among], page=page, limit=TOPICS_PER_PAGE)
    more = f"{here}?page={page + 1}" if len(rows) > TOPICS_PER_PAGE else None
    shown, now = rows[:TOPICS_PER_PAGE], clock.now()
    starts = await queries.starts(db, [row.id for row in shown])
    return Said(shapes.topic_list([public_row(row, now) for row in shown], starts, more))


async def topic(request: Request) -> Response:
    """With a page of its posts: the one that is asked for, or that on which a post stands."""
    topic_id, number = asked(request)
    db, read = database(request), await topic_of(request, topic_id)
    if number and read.id != topic_id:
        there = await queries.place(db, topic_id, number)
        if there is None or there.topic_id != read.id:
            raise NotFound
        number = there.number
    page = page_of(number) if number else query_number(request, "page", 1, COUNT_DIGITS_MAX)
    if not 1 <= page <= pages(read.last_number):
        raise NotFound
    stream, last = await queries.standing(db, read.id), page * POSTS_PER_PAGE
    shown = await posts.numbered(
        db, read.id, last - POSTS_PER_PAGE + 1, last, viewer_id=None, sees_held=False
    )
    start = (await queries.starts(db, [read.id]))[read.id]
    return Said(shapes.topic(read, start, stream, map(for_everyone, shown)))


async def posts_of_topic(request: Request) -> Response:
    """Those that are named (`post_ids[]=…`), or the first."""
    db, read = database(request), await topic_of(request, path_id(request))
    named = [
        text for text in request.query_params.getlist("post_ids[]") if text.isascii() and text.isdecimal()
    ]
    asked = {int(text) for text in named if len(text) <= DIGITS_MAX}
    stream = await queries.standing(db, read.id)
    ids = [number for number in stream if number in asked or not named][:POSTS_MAX]
    shown = sorted(await posts.views(db, ids), key=lambda one: one.number)
    return Said(
        {
            "id": read.id,
            "post_stream": {"posts": [shapes.post(for_everyone(one), len(stream)) for one in shown]},
        }
    )


async def newest_posts(request: Request) -> Response:
    before = query_number(request, "before", FIRST.post_id)
    shown = await queries.newest(database(request), readable_kinds(GUEST), before=before, limit=POSTS_MAX)
    return Said({"latest_posts": [shapes.post(one) for one in shown]})


async def post(request: Request) -> Response:
    return await _post(request, await posts.view(database(request), path_id(request)))


async def post_by_number(request: Request) -> Response:
    """Of a post that was transferred, also the number that it had before."""
    topic_id, db = path_id(request), database(request)
    await topic_of(request, topic_id)
    place = await queries.place(db, topic_id, request.path_params["number"])
    return await _post(request, await posts.view(db, place.post_id) if place else None)


async def _post(request: Request, shown: PostView | None) -> Response:
    """With its words as they were typed, ■ for what is masked."""
    if shown is None or shown.board_kind not in readable_kinds(GUEST) or not is_known(shown):
        raise NotFound
    typed = await posts.post(database(request), shown.id)
    raw = typed.shown if typed and typed.state == State.VISIBLE else ""
    return Said(shapes.post(for_everyone(shown)) | {"raw": raw})


async def search(request: Request) -> Response:
    """By the words and filters of the page that searches."""
    db = database(request)
    if request.query_params.get("page", "1") != "1":
        raise Invalid(page=_("続きは、page ではなく before で読めます。"))
    question = validated(Question, {"q": request.query_params.get("q", ""), "order": Order.NEWEST})
    if not question.q:
        raise Invalid(q=_("入力してください。"))
    await keep_pace(db, "search", client_address(request))
    wants = await wanted(db, GUEST, asked_in_all(question), site(request).renderer.zone)
    hits, following = await found(
        db, GUEST, wants, place=Place(query_number(request, "before", FIRST.post_id))
    )
    rows, now = await topics.rows(db, [*{hit.topic_id for hit in hits}]), clock.now()
    shown = {number: public_row(row, now) for number, row in rows.items() if not row.proposed}
    starts = await queries.starts(db, shown)
    blurbs = {
        hit.post_id: escape(excerpt(hit.html, wants.spellings).striptags())
        for hit in hits
        if hit.topic_id in shown
    }
    views = {view.id: view for view in await posts.views(db, [*blurbs])}
    return Said(
        {
            "posts": [
                shapes.post(for_everyone(views[number])) | {"blurb": blurb}
                for number, blurb in blurbs.items()
            ],
            "topics": [shapes.topic_row(row, starts[row.id]) for row in shown.values()],
            "grouped_search_result": {
                "term": question.q,
                "post_ids": [*blurbs],
                "more_full_page_results": following is not None,
                "before": following and following.post_id,
            },
        }
    )


async def nowhere(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204)  # a browser asks whether a page of another site may
    if request.method not in ("GET", "HEAD"):
        raise Forbidden(_("プログラムからは、読むことだけができます。"))
    raise NotFound


def _routes() -> Iterable[Route]:
    """Programs ask with `.json` and without."""
    views = {
        "/about": about,
        "/site": whole_site,
        "/categories": categories,
        "/c/{id:int}/show": category,
        "/c/{id:int}": of_category,
        "/c/{slug}/l/latest": of_category,
        "/c/{slug}/{id:int}": of_category,
        "/c/{slug}/{id:int}/l/latest": of_category,
        "/latest": latest,
        "/t/{id:int}": topic,
        "/t/{id:int}/posts": posts_of_topic,
        "/t/{slug}/{id:int}": topic,
        "/t/{slug}/{id:int}/{number:int}": topic,
        "/posts": newest_posts,
        "/posts/{id:int}": post,
        "/posts/by_number/{id:int}/{number:int}": post_by_number,
        "/search": search,
    }
    for path, view in views.items():
        yield Route(f"{ROOT}{path}", answering(view))
        yield Route(f"{ROOT}{path}.json", answering(view))
    methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"]
    yield Route(f"{ROOT}/{{rest:path}}", answering(nowhere), methods=methods)


routes = [*_routes()]
