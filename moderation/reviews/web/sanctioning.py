"""The page on which a moderator decides about the author of a post."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.boards.rules import readable_kinds
from forum.guides.queries import rules_in_force
from forum.i18n import N_, _, _n
from forum.posts.queries import posts
from forum.posts.web import readable_post
from forum.screening.asking import LOG
from forum.screening.web import read_asking
from forum.web import actor_of, database, page, path_id, redirect, refill
from moderation.reviews import sanctions
from moderation.reviews.actions import proposing
from moderation.reviews.actions.caring import care_for
from moderation.reviews.acts import ACT_DONE, ACT_NAMES, Act
from moderation.reviews.pairs import PROPOSED_DONE
from moderation.reviews.proposed import proposed_for
from moderation.reviews.queries import sanctions as queries
from moderation.reviews.sanctions import DAYS, Wish
from moderation.reviews.web.listing import titled

OFFERED = {
    Act.WARN: N_("警告する（書けなくはしない）"),
    Act.SILENCE: N_("投稿を一時停止にする"),
    Act.SUSPEND: N_("利用を停止する"),
    Act.REINSTATE: N_("処分を取り消す"),
}


async def choosing(request: Request) -> Response:
    """What happened to the author so far, and what may happen now."""
    db, actor, post = database(request), actor_of(request), await readable_post(request)
    holds_office = await queries.holds_office(db, post.author_id)
    require(sanctions.can_sanction(actor, post, holds_office=holds_office))
    given = await queries.of_account(db, post.author_id)
    now, restrictions = clock.now(), sanctions.in_force(given)
    current = await posts.post(db, post.id)
    assert current is not None
    proposed = await proposed_for(db, actor, current)
    acts = proposed.left(sanctions.sanctions_on(actor, restrictions, now))
    return await page(
        request,
        "reviews/sanction.html",
        post=post,
        care=await care_for(db, actor, [post.id]),
        restrictions=restrictions,
        seen=len(given),
        silenced=restrictions.silenced(now),
        history=await queries.listed(db, post.author_id, readable_kinds(actor)),
        acts=[(act, _(OFFERED[act])) for act in acts],
        pair=proposed.pair,
        can_silence=Act.SILENCE in acts,
        act_names=ACT_NAMES,
        days=[(days, _n("%(n)s日", n=days)) for days in DAYS],
        rule_options=[(n, f"{n}. {title}") for n, title in titled(await rules_in_force(db)).items()],
    )


@refill(choosing)
async def sanction(request: Request) -> Response:
    wish = await read_asking(request, Wish, "reason", readers=LOG)
    done = await proposing.sanction(database(request), actor_of(request), path_id(request), wish)
    return redirect(request, f"/queue/{path_id(request)}", _(PROPOSED_DONE.get(done, ACT_DONE[wish.act])))


routes = [
    Route("/queue/{id:int}/author", choosing),
    Route("/queue/{id:int}/author", sanction, methods=["POST"]),
]
