"""One act on many items, with one reason: each is decided for itself, as if alone."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Forbidden, NotFound
from forum.i18n import N_, _
from forum.pictures import spoken
from forum.posts.queries import posts
from forum.screening.asking import LOG
from forum.screening.web import read_asking
from forum.text import Chosen
from forum.web import actor_of, database, page, refill
from moderation.reviews import canned, rules
from moderation.reviews.actions import deciding, proposing
from moderation.reviews.actions.caring import care_for
from moderation.reviews.acts import ACT_NAMES, Act
from moderation.reviews.pairs import Done
from moderation.reviews.queries import decisions
from moderation.reviews.rules import Verdict
from moderation.reviews.web.listing import queue_page, view_of

EXCERPT = 60
# Of an item as the list showed it: post, version, newest report.
NUMBERS = 3


def _seen(written: str) -> str:
    numbers = written.split(".")
    if len(numbers) != NUMBERS or not all(n.isascii() and n.isdigit() and len(n) < 19 for n in numbers):
        raise PydanticCustomError("item", N_("選択肢から選んでください。"))
    return written


class BulkVerdict(Verdict):
    """The form of a decision on many: which items, as they were shown, and the reason picked from the list."""

    version: int = 0
    items: Annotated[
        list[Annotated[str, AfterValidator(_seen)]], Field(min_length=1, max_length=rules.ITEMS_PER_PAGE)
    ]
    canned: Chosen = ""


@refill(queue_page)
async def decide(request: Request) -> Response:
    """Decides what can be decided, and says of each of the others why it was not."""
    db, actor = database(request), actor_of(request)
    require(rules.can_see_queue(actor))
    form = await read_asking(request, BulkVerdict, "reason", readers=LOG)
    verdict = canned.completed(form, form.canned)
    await deciding.grounds(db, verdict)
    results = []
    folded = (await care_for(db, actor, [int(numbers.split(".")[0]) for numbers in form.items])).folded
    for numbers in form.items:
        post_id, version, report = map(int, numbers.split("."))
        done, refusal = await _one(
            db, actor, post_id, verdict.model_copy(update={"version": version, "report": report})
        )
        results.append(
            (post_id, "" if post_id in folded else await _excerpt(db, actor, post_id), refusal, done)
        )
    return await page(
        request,
        "reviews/results.html",
        results=results,
        act=verdict.act,
        act_names=ACT_NAMES,
        back=view_of(request).address(),
    )


async def _one(db: Database, actor: Actor, post_id: int, verdict: Verdict) -> tuple[Done | None, str | None]:
    """What became of it, or why nothing did."""
    try:
        return await proposing.decide(db, actor, post_id, verdict), None
    except Conflict as refusal:
        return None, refusal.reason + await _decided_by_others(db, post_id)
    except Forbidden as refusal:
        return None, refusal.reason
    except NotFound:
        return None, _("見つかりません。")


async def _decided_by_others(db: Database, post_id: int) -> str:
    """The newest decision on a post, in one sentence."""
    decided = await decisions.of_post(db, post_id)
    if not decided:
        return ""
    act, label = _(ACT_NAMES[Act(decided[0].act)]), decided[0].moderator or ""
    return _("最後の判断は「%(act)s」です（%(label)s）。", act=act, label=label)


async def _excerpt(db: Database, actor: Actor, post_id: int) -> str:
    post = await posts.post(db, post_id)
    readable = post and post.state != "withdrawn" and rules.can_review(actor, post)
    return spoken(post.shown)[:EXCERPT] if post and readable else ""


routes = [Route("/queue/bulk", decide, methods=["POST"])]
