"""For the public: what the procedure is, the form, and the page that says how a request stands."""

import re

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.boards.rules import readable_kinds
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.paging import NEWEST, page_of
from forum.posts.queries import posts
from forum.posts.rules import PostView, can_read_words
from forum.screening.asking import AUTHOR
from forum.screening.web import read_asking
from forum.signing import made_for
from forum.web import actor_of, database, page, query_number, redirect, refill, site
from moderation.reviews.rules import can_see_queue
from moderation.rights import actions, queries, rules
from moderation.rights.jobs import PURPOSE, secret_path
from moderation.rights.rules import RIGHT_NAMES, STAGE_NAMES, Filing
from moderation.rights.web.showing import shown

# The end of the address of a post as people copy it. Readers see other numbers than this one: those in a topic.
POST = re.compile(r"(?:/posts/|#post-)(\d{1,18})(?:[?#].*)?$")
SHOWN = 30
FORM = "form of a rights request"


async def index(request: Request) -> Response:
    """What the procedure is and how it is used; for moderators also what waits."""
    db, actor = database(request), actor_of(request)
    before = query_number(request, "before", NEWEST)
    moderates = bool(can_see_queue(actor))
    found = await queries.of_moderator(db, actor, before=before, limit=SHOWN + 1) if moderates else []
    shown, older = page_of(found, SHOWN, "/rights-requests?before=")
    steps = await queries.steps_of_all(db, [filed.id for filed in shown])
    now, zone = clock.now(), site(request).renderer.zone
    return await page(
        request,
        "rights/index.html",
        moderates=moderates,
        older=older,
        newer="/rights-requests" if before != NEWEST else None,
        requests=[
            (
                filed,
                rules.stage(steps[filed.id], now),
                rules.until(filed.filed_at, steps[filed.id], now, zone),
            )
            for filed in shown
        ],
        figures=await queries.figures(db, readable_kinds(actor)),
        right_names=RIGHT_NAMES,
        stage_names=STAGE_NAMES,
        now=now,
    )


async def form(request: Request) -> Response:
    number = query_number(request, "post")
    return await page(
        request,
        "rights/new.html",
        rights=[(right.value, _(name)) for right, name in RIGHT_NAMES.items()],
        post=site(request).settings.link(f"/posts/{number}") if number else "",
        limit=rules.TEXT_MAX,
        days=rules.DAYS_TO_OBJECT,
        once=site(request).signer(FORM).dumps(rules.new_receipt()),
    )


@refill(form)
async def file(request: Request) -> Response:
    """Anybody may, without an account; the address of the status page is the receipt."""
    db, actor = database(request), actor_of(request)
    filing = await read_asking(request, Filing, "reason", readers=AUTHOR)
    if not (filing.email or filing.address):
        raise Invalid(email=_("メールアドレスか住所の、どちらかを書いてください。"))
    post = await _named(request, filing.post)
    await keep_pace(db, "submit", actor.id or client_address(request))
    made = made_for(site(request).signer(FORM), filing.once)
    number = await actions.file(db, site(request).seal, post, filing, made)
    return redirect(request, secret_path(site(request), number), _("申出を受け付けました。"))


async def _named(request: Request, typed: str) -> PostView:
    """The post that was meant: one that this person can read. Raises Invalid."""
    found = POST.search(typed)
    post = await posts.view(database(request), int(found[1])) if found else None
    actor = actor_of(request)
    if post is None or not can_read_words(actor, post):
        raise Invalid(
            post=_(
                "公開されている投稿のアドレスを書いてください。投稿の「#3」のような番号を押すと、アドレスの欄に出ます。"
            )
        )
    return post


async def status(request: Request) -> Response:
    """How a request stands, for whoever has the secret link. It names nobody."""
    try:
        number = int(site(request).signer(PURPOSE).loads(request.path_params["token"]))
    except BadSignature as forged:
        raise NotFound from forged
    filed = await queries.filed(database(request), number)
    if filed is None:
        raise NotFound
    return await page(request, "rights/status.html", **await shown(request, filed))


routes = [
    Route("/rights-requests", index),
    Route("/rights-requests/new", form),
    Route("/rights-requests/new", file, methods=["POST"]),
    Route("/rights-requests/status/{token}", status),
]
