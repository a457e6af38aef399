"""Masking passages of a post, looking under the masks, and the record of who looked."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.errors import NotFound
from forum.guides.queries import rules_in_force
from forum.i18n import _
from forum.paging import NEWEST, page_of
from forum.pictures import PICTURE, without_addresses
from forum.posts import actions as post_actions
from forum.posts.queries import masks, posts, revisions
from forum.posts.rules import Post, can_look_under_masks
from forum.posts.viewing import all_published
from forum.posts.web import readable_post
from forum.screening.asking import LOG
from forum.screening.hints import KIND_NAMES
from forum.screening.personal import personal_data
from forum.screening.web import read_asking
from forum.web import Form, actor_of, database, page, path_id, query_number, read, redirect, refill
from moderation.reviews import rules
from moderation.reviews.actions import proposing
from moderation.reviews.actions.caring import care_for
from moderation.reviews.acts import ACT_DONE
from moderation.reviews.masking import Look, Wish, can_see_looks, masking_acts
from moderation.reviews.pairs import PROPOSED_DONE, Done
from moderation.reviews.proposed import proposed_for
from moderation.reviews.queries import reports
from moderation.reviews.web.listing import titled

PER_PAGE = 50
OTHERS_MAX = 10
# The rule that masking is for.
PERSONAL_INFORMATION = 1


async def choosing(request: Request) -> Response:
    """The words of every version as they are published, what in them may be personal, and what is masked already."""
    db, actor, post = database(request), actor_of(request), await readable_post(request)
    require(rules.can_review(actor, post))
    current = await _post(request)
    views = await all_published(db, await revisions.of_post(db, post.id))
    in_force = await masks.passages(db, post.id)
    proposed = await proposed_for(db, actor, current)
    acts = proposed.left(masking_acts(post.state, masks=bool(in_force)))
    found = {
        view.shown[hint.start : hint.end]: hint
        for view in reversed(views)
        for hint in personal_data(without_addresses(view.shown))
    }
    titles = titled(await rules_in_force(db))
    newest = max((report.id for report in await reports.of_post(db, post.id) if report.open), default=0)
    return await page(
        request,
        "reviews/mask.html",
        post=post,
        judged=current,
        views=views[::-1] if acts else [],
        hints=found,
        hint_names=KIND_NAMES,
        pictures={found[0]: found["alt"] for view in views for found in PICTURE.finditer(view.shown)},
        care=await care_for(db, actor, [post.id]),
        masks=len(in_force),
        others=[
            (passage, said)
            for passage in in_force
            if (said := await masks.posts_saying(db, actor, post.id, passage, OTHERS_MAX))
        ],
        acts=acts,
        pair=proposed.pair,
        newest=newest,
        rule_options=[(number, f"{number}. {title}") for number, title in titles.items()],
        rule=PERSONAL_INFORMATION,
    )


@refill(choosing)
async def mask(request: Request) -> Response:
    wish = await read_asking(request, Wish, "reason", readers=LOG)
    done = await proposing.mask(database(request), actor_of(request), path_id(request), wish)
    there = f"/queue/{path_id(request)}" + ("/mask" if done is Done.DECIDED else "")
    return redirect(request, there, _(PROPOSED_DONE.get(done, ACT_DONE[wish.act])))


async def sealed(request: Request) -> Response:
    """Asks why somebody wants to see what is under the masks."""
    post = await _masked_post(request)
    return await page(request, "reviews/sealed.html", post=post, revisions=[])


@refill(sealed)
async def look(request: Request) -> Response:
    """The look is on record before the words are shown; the page is kept nowhere."""
    post, why = await _masked_post(request), await read(request, Look)
    history = await post_actions.look_under_masks(database(request), actor_of(request), post, why.reason)
    response = await page(request, "reviews/sealed.html", post=post, revisions=history[::-1], form=Form())
    response.headers["Cache-Control"] = "no-store"
    return response


async def looks(request: Request) -> Response:
    require(can_see_looks(actor_of(request)))
    before = query_number(request, "before", NEWEST)
    found = await masks.looks(database(request), before=before, limit=PER_PAGE + 1)
    shown, older = page_of(found, PER_PAGE, "/moderation/looks?before=")
    return await page(request, "reviews/looks.html", looks=shown, older=older)


async def _masked_post(request: Request) -> Post:
    await readable_post(request)
    post = await _post(request)
    require(can_look_under_masks(actor_of(request), post))
    if post.masked is None:
        raise NotFound
    return post


async def _post(request: Request) -> Post:
    found = await posts.post(database(request), path_id(request))
    assert found is not None
    return found


routes = [
    Route("/queue/{id:int}/mask", choosing),
    Route("/queue/{id:int}/mask", mask, methods=["POST"]),
    Route("/posts/{id:int}/sealed", sealed),
    Route("/posts/{id:int}/sealed", look, methods=["POST"]),
    Route("/moderation/looks", looks),
]
