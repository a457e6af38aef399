"""What somebody has said in the open rooms, on one page: the same for everybody who looks. And leaving the room, and taking
along everything about oneself."""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from forum import clock
from forum.access import office_counts, require
from forum.accounts.actions.leaving import change_mind
from forum.accounts.rules import SESSION_LASTS
from forum.accounts.web import SESSION_COOKIE, own_account
from forum.boards.rules import is_late, readable_kinds
from forum.drafts.rules import KEPT_FOR
from forum.errors import NotFound
from forum.following.rules import NAMES
from forum.i18n import _
from forum.pace.actions import keep_pace
from forum.people import actions, queries
from forum.people.queries import followed, takeouts
from forum.people.rules import (
    GOES_HINTS,
    GOES_NAMES,
    REVERSIBLE,
    TAKEOUT_WAITS,
    Goes,
    Leaving,
    can_leave,
    can_take_out,
)
from forum.posts.rules import shown_title
from forum.storage import StorageAway
from forum.topics.web.finding import listed
from forum.web import (
    COUNT_DIGITS_MAX,
    actor_of,
    database,
    page,
    path_id,
    query_number,
    read,
    redirect,
    refill,
    site,
)

PAGE = 20
FOLLOWED = 30
# Posts, or only those that began a topic.
TOPICS = "topics"


async def person(request: Request) -> Response:
    db, found = database(request), await queries.person(database(request), request.path_params["pseudonym"])
    if found is None:
        raise NotFound
    topics_only, before = request.query_params.get("only") == TOPICS, query_number(request, "before")
    posts = await queries.said(db, found.id, topics_only=topics_only, before=before or None, limit=PAGE + 1)
    older = (
        f"?before={posts[-2].id}" + (f"&only={TOPICS}" if topics_only else "") if len(posts) > PAGE else None
    )
    return await page(
        request,
        "people/show.html",
        person=found,
        posts=[
            replace(post, topic_title=shown_title(post.topic_state, post.topic_title))
            for post in posts[:PAGE]
        ],
        topics=await listed(request, (post.topic_id for post in posts)),
        topics_only=topics_only,
        older=older,
    )


async def following(request: Request) -> Response:
    """What the person watches and has muted, with the buttons that change it."""
    actor, db = actor_of(request), database(request)
    if actor.id is None:
        return redirect(request, "/login?next=/account/following")
    number, kinds = max(1, query_number(request, "page", 1, COUNT_DIGITS_MAX)), readable_kinds(actor)
    now = clock.now()
    found = await followed.topics(db, actor.id, kinds, skip=(number - 1) * FOLLOWED, limit=FOLLOWED + 1)
    return await page(
        request,
        "people/following.html",
        boards=await followed.boards(db, actor.id, kinds) if number == 1 else [],
        topics=[
            replace(
                topic,
                title=shown_title(topic.state, topic.title),
                late=is_late(topic.answer_state, topic.answer_due_at, now),
            )
            for topic in found[:FOLLOWED]
        ],
        names=[(level, _(name)) for level, name in NAMES.items()],
        older=f"/account/following?page={number + 1}" if len(found) > FOLLOWED else None,
        newer=f"/account/following?page={number - 1}" if number > 1 else None,
    )


async def leaving_form(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/account/leaving")
    return await page(
        request,
        "people/leaving.html",
        account=await own_account(request),
        can_leave=can_leave(actor),
        choices=[(goes.value, GOES_NAMES[goes], GOES_HINTS[goes]) for goes in Goes],
        names=GOES_NAMES,
    )


@refill(leaving_form)
async def leave(request: Request) -> Response:
    own, form = await own_account(request), await read(request, Leaving)
    await keep_pace(database(request), "login", own.id)
    await actions.ask_to_leave(database(request), actor_of(request), own, form)
    if form.goes is Goes.POSTS:
        return redirect(request, "/account/leaving", _("受け付けました。7日後に投稿を取り下げます。"))
    notice = _("受け付けました。7日のあいだは、ログインして取りやめられます。")
    response = redirect(request, "/", notice)
    response.delete_cookie(SESSION_COOKIE)
    return response


@refill(leaving_form)
async def stay(request: Request) -> Response:
    own = await own_account(request)
    await change_mind(database(request), own.id)
    return redirect(request, "/account/leaving", _("手続きを取りやめました。"))


async def records(request: Request) -> Response:
    actor, now = actor_of(request), clock.now()
    if actor.id is None:
        return redirect(request, "/login?next=/account/records")
    latest = await takeouts.latest(database(request), actor.id)
    return await page(
        request,
        "people/records.html",
        takeout=latest if latest and now < latest.expires_at and office_counts(actor) else None,
        can_take_out=can_take_out(actor, latest, now),
        waits=TAKEOUT_WAITS.days,
    )


@refill(records)
async def ask_for_takeout(request: Request) -> Response:
    await actions.ask_for_takeout(database(request), actor_of(request))
    notice = _("受け付けました。できると、受信箱とメールで知らせます。")
    return redirect(request, "/account/records", notice)


async def takeout(request: Request) -> Response:
    """The file, to whom it is about."""
    found = await takeouts.takeout(database(request), path_id(request))
    if found is None or not actor_of(request).wrote(found.account_id) or not found.is_there(clock.now()):
        raise NotFound
    require(office_counts(actor_of(request)))
    try:
        pieces = await site(request).storage.stream(found.key)
    except StorageAway:
        raise HTTPException(503) from None
    if pieces is None:
        raise NotFound
    day = site(request).renderer.local(found.asked_at)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="everything-{day:%Y-%m-%d}.zip"',
        "Content-Length": str(found.bytes),
    }
    return StreamingResponse(pieces, headers=headers, media_type="application/zip")


async def guide(request: Request) -> Response:
    """What the room keeps about people, with the times that hold here."""
    return await page(
        request,
        "guide/account.html",
        waits=TAKEOUT_WAITS.days,
        reversible=REVERSIBLE.days,
        session=SESSION_LASTS.days,
        drafts=KEPT_FOR.days,
        names_kept=site(request).settings.names_kept_days,
    )


routes = [
    Route("/guide/account", guide),
    Route("/people/{pseudonym}", person),
    Route("/account/following", following),
    Route("/account/leaving", leaving_form),
    Route("/account/leaving", leave, methods=["POST"]),
    Route("/account/leaving/stay", stay, methods=["POST"]),
    Route("/account/records", records),
    Route("/account/records", ask_for_takeout, methods=["POST"]),
    Route("/account/records/{id:int}", takeout),
]
