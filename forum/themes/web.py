"""/themes: what residents propose to discuss, and how many support it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.drafts.web import sends_draft, written
from forum.errors import NotFound
from forum.files.receiving import left_out
from forum.files.web import adding_file
from forum.i18n import _, by_locale
from forum.pace.actions import keep_pace
from forum.paging import NEWEST, page_of
from forum.posts.previewing import previewing
from forum.posts.queries import posts
from forum.posts.rules import for_reader
from forum.screening.web import read_asking
from forum.themes import actions, queries, rules
from forum.themes.live import stamp_of
from forum.themes.rules import Proposal, Wish
from forum.topics import queries as topics
from forum.topics.rules import can_read_topic
from forum.topics.web.finding import listed
from forum.topics.web.reading import under_title_for
from forum.web import Form, actor_of, database, page, path_id, query_number, read, redirect, refill, site

THEMES = "/themes"


async def index(request: Request) -> Response:
    """What waits for supporters, and what has begun; one of them alone where its list goes on."""
    db, before, after = database(request), query_number(request, "before"), query_number(request, "began")
    size, some = rules.THEMES_SHOWN, rules.OPENED_SHOWN
    found = [] if after else await queries.waiting(db, clock.now(), before=before or NEWEST, limit=size + 1)
    waiting, older = page_of(found, size, f"{THEMES}?before=")
    found = [] if before else await queries.opened(db, after=after, limit=some + 1)
    opened, older_opened = page_of(found, some, f"{THEMES}?began=")
    return await page(
        request,
        "themes/index.html",
        themes=waiting,
        older=older,
        stamp=stamp_of(waiting),
        opened=opened,
        older_opened=older_opened,
        goes_on=bool(before or after),
        topics=await listed(request, (theme.id for theme in opened)),
        can_propose=rules.can_propose(actor_of(request)),
    )


async def new(request: Request) -> Response:
    actor, db = actor_of(request), database(request)
    if actor.is_guest and request.method == "GET":
        return redirect(request, f"/login?next={THEMES}/new")
    require(rules.can_propose(actor))
    offered = rules.offered(await boards.boards(db, readable_kinds(actor)))
    return await page(
        request,
        "themes/new.html",
        boards=[(board.id, by_locale(board.name, board.name_en)) for board in offered],
        needs=site(request).settings.theme_supporters,
        days=rules.LASTS.days,
        form=await written(request, "theme", Form()),
    )


@refill(new)
@sends_draft
async def propose(request: Request) -> Response:
    actor, db = actor_of(request), database(request)
    proposal = await read_asking(request, Proposal, "title", "body", besides=await left_out(request))
    if actor.id is not None:
        await keep_pace(db, "post" if actor.approved_posts else "post_new_member", actor.id)
    number = await actions.propose(db, actor, proposal, site(request).settings.theme_supporters, once=True)
    return redirect(request, f"{THEMES}/{number}", _("テーマを提案しました。"))


add_file, preview = adding_file(new), previewing(new)


async def show(request: Request) -> Response:
    """The proposal with its progress; what has begun is read where it is discussed."""
    actor, db = actor_of(request), database(request)
    topic = await topics.topic(db, path_id(request))
    theme = await queries.theme(db, path_id(request))
    if topic is None or theme is None or not can_read_topic(actor, topic):
        raise NotFound
    if not topic.proposed:
        return redirect(request, f"/topics/{topic.id}")
    post = await posts.view(db, theme.post_id)
    assert post is not None
    return await page(
        request,
        "themes/show.html",
        theme=theme,
        stamp=stamp_of([theme]),
        topic=under_title_for(actor, topic),
        post=for_reader(actor, post),
        can_support=rules.can_support(actor, theme, clock.now()),
        supports=actor.id in await queries.supporters(db, topic.id),
        is_over=clock.now() >= theme.ends_at,
    )


@refill(show)
async def wish(request: Request) -> Response:
    wish, number = await read(request, Wish), path_id(request)
    begins = await actions.wish(database(request), actor_of(request), number, wish)
    return redirect(
        request, f"{THEMES}/{number}", _("支持が集まり、話し合いが始まりました。") if begins else None
    )


routes = [
    Route(THEMES, index),
    Route(f"{THEMES}/new", new),
    Route(THEMES, propose, methods=["POST"]),
    Route(f"{THEMES}/files", add_file, methods=["POST"]),
    Route(f"{THEMES}/preview", preview, methods=["POST"]),
    Route(f"{THEMES}/{{id:int}}", show),
    Route(f"{THEMES}/{{id:int}}/support", wish, methods=["POST"]),
]
