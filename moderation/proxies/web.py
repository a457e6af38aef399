"""代理入力 beside a discussion, and the page on which whoever has a receipt sees what became of it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.posts.queries import posts
from forum.posts.rules import BODY_MAX, Post, shown_title
from forum.posts.web import readable_post
from forum.screening.web import read_asking
from forum.signing import made_for
from forum.topics import queries as topics
from forum.topics.web.finding import topic_of
from forum.topics.web.reading import under_title_for
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill, site
from moderation.digests.covering import title_of
from moderation.proxies import actions, queries, rules
from moderation.proxies.rules import CHANNEL_NAMES, Asked, Correction, Entry

RECEIPTS = "/receipts"
PURPOSE = "proxy entry"


async def entry_form(request: Request) -> Response:
    topic = await topic_of(request)
    require(rules.can_enter_for_others(actor_of(request), topic))
    today = site(request).renderer.local(clock.now()).date()
    return await page(
        request,
        "proxies/enter.html",
        topic=under_title_for(actor_of(request), topic),
        channels=[(one.value, _(name)) for one, name in CHANNEL_NAMES.items()],
        today=today,
        limit=BODY_MAX,
        once=site(request).signer(PURPOSE).dumps(rules.new_receipt()),
    )


@refill(entry_form)
async def enter(request: Request) -> Response:
    """The receipt is shown once, for the clerk to hand over."""
    topic = await topic_of(request)
    form = await read_asking(request, Entry, "body")
    if form.received_on > site(request).renderer.local(clock.now()).date():
        raise Invalid(received_on=_("受け付けた日を確かめてください。"))
    made = made_for(site(request).signer(PURPOSE), form.once)
    _post, receipt = await actions.enter(database(request), actor_of(request), topic.id, form, made)
    return redirect(request, f"{RECEIPTS}/{receipt}", _("載せました。受付番号を本人に伝えてください。"))


async def correction_form(request: Request) -> Response:
    view = await readable_post(request)
    db = database(request)
    topic, entry = await topics.topic(db, view.topic_id), await queries.entry(db, view.id)
    if topic is None or entry is None:
        raise NotFound
    require(rules.can_correct(actor_of(request), topic, entry.section_id, view.state))
    post = await posts.post(db, view.id)
    assert post is not None
    return await page(
        request,
        "proxies/correct.html",
        post=post,
        title=view.topic_title,
        limit=BODY_MAX,
        form=_kept(request, post),
    )


@refill(correction_form)
async def correct(request: Request) -> Response:
    number = path_id(request)
    form = await read_asking(request, Correction, "body", "because")
    await actions.correct(database(request), actor_of(request), number, form)
    return redirect(request, f"/posts/{number}", _("訂正しました。前の文章も履歴に残ります。"))


async def search(request: Request) -> Response:
    return await page(request, "proxies/receipts.html")


@refill(search)
async def find(request: Request) -> Response:
    """Whoever guesses learns nothing but that there is none."""
    receipt = rules.read_receipt((await read(request, Asked)).receipt)
    if receipt is None or await queries.of_receipt(database(request), receipt) is None:
        raise Invalid(receipt=_("この番号の意見は見つかりません。番号を確かめてください。"))
    return redirect(request, f"{RECEIPTS}/{receipt}")


async def show(request: Request) -> Response:
    receipt = rules.read_receipt(request.path_params["receipt"]) or ""
    found = await queries.of_receipt(database(request), receipt)
    if found is None:
        raise NotFound
    db = database(request)
    places = await queries.places(db, found.post_id)
    return await page(
        request,
        "proxies/receipt.html",
        receipt=receipt,
        post=found,
        title=shown_title(found.topic_state, found.topic_title),
        channel_names=CHANNEL_NAMES,
        places=places,
        titles={
            one.group_id: await title_of(db, one.digest_id, one.group_id) for one in places if one.group_id
        },
    )


def _kept(request: Request, post: Post) -> Form:
    typed: Form | None = getattr(request.state, "form", None)
    return typed or Form({"body": [post.raw], "version": [str(post.version)]})


routes = [
    Route("/topics/{id:int}/proxy", entry_form),
    Route("/topics/{id:int}/proxy", enter, methods=["POST"]),
    Route("/posts/{id:int}/correct", correction_form),
    Route("/posts/{id:int}/correct", correct, methods=["POST"]),
    Route(RECEIPTS, search),
    Route(RECEIPTS, find, methods=["POST"]),
    Route(f"{RECEIPTS}/{{receipt}}", show),
]
