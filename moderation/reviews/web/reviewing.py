"""One item of the queue: all that is needed to judge it, and the decision."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.guides.queries import rules_in_force
from forum.i18n import _
from forum.posts.diffing import Piece, diff
from forum.posts.queries import posts, revisions
from forum.posts.rules import Post, PostView, can_read_words, for_reader
from forum.posts.viewing import all_published, published
from forum.posts.web import readable_post
from forum.screening.asking import LOG
from forum.screening.hints import KIND_NAMES
from forum.screening.web import read_asking
from forum.text import Chosen
from forum.web import Form, actor_of, database, page, path_id, redirect, refill
from moderation.reviews import canned, hinting, rules
from moderation.reviews.actions import proposing, undoing
from moderation.reviews.actions.caring import care_for
from moderation.reviews.acts import ACT_DONE, ACT_NAMES, Act
from moderation.reviews.hinting import Hints
from moderation.reviews.pairs import OUTCOME_NAMES, PROPOSED_DONE
from moderation.reviews.polling import answerable
from moderation.reviews.proposed import proposed_for
from moderation.reviews.queries import decisions, reports
from moderation.reviews.queries.claims import Claim
from moderation.reviews.queries.reports import Record, Report
from moderation.reviews.rules import Urgency, Verdict
from moderation.reviews.targets import Target, why
from moderation.reviews.web import claiming
from moderation.reviews.web.listing import queue_page, titled, view_of
from moderation.reviews.web.walking import next_address

# How much of the thread stands around a post that is judged: posts before and after it.
AROUND = 2
# So many earlier decisions about the author are shown; the sum of all stands above.
EARLIER = 5
# How the page of an item calls things, whichever item it is.
NAMED: dict[str, Any] = {
    "outcome_names": OUTCOME_NAMES,
    "hint_names": KIND_NAMES,
    "act_names": ACT_NAMES,
    "age": rules.spell,
}


async def item(request: Request) -> Response:
    """Shows a post with its surroundings, whether it waits or not. Opening one that waits claims it."""
    db, actor, post = database(request), actor_of(request), await readable_post(request)
    require(rules.can_review(actor, post))
    post = for_reader(actor, post)
    current = await posts.post(db, post.id)
    assert current is not None
    claim = await claiming.opened(request, post.id)
    reported = answerable(actor, await reports.of_post(db, post.id))
    decided = await decisions.of_post(db, post.id)
    titles, author = titled(await rules_in_force(db)), await decisions.standing(db, actor, post.author_id)
    records = (await reports.records(db, [post.id])).get(post.id, [])
    form: Form | None = getattr(request.state, "form", None)
    hints = await hinting.hints_on(db, current, newcomer=author.newcomer) if post.html else None
    proposed, around = await proposed_for(db, actor, current), await _around(db, actor, post)
    return await page(
        request,
        "reviews/item.html",
        proposed=proposed,
        answered=int(request.path_params.get("proposal", 0)),
        **NAMED,
        post=post,
        judged=current,
        claim=claim,
        slip=await undoing.undoable(db, actor),
        around=around,
        care=await care_for(db, actor, [post.id, *(other.id for other in around)]),
        author=author,
        hints=hints,
        reports=reported,
        titles=titles,
        decisions=decided,
        acts=proposed.left(_acts_on(post, reported)),
        records={record.reporter_id: record for record in records},
        urgency=_urgency(claim, titles, records, hints) if claim else None,
        now=clock.now(),
        earlier=await decisions.about_author(db, actor, current, EARLIER),
        rewritten=await _rewritten(db, current) if post.html and current.revision_number > 1 else None,
        **_reasons(titles, author.locale),
        view=view_of(request),
        changed=await _changed_words(db, form, current) if form and can_read_words(actor, post) else None,
        overtaken=[decision for decision in decided if form and decision.id > _seen(form, "decision")],
        form=form or Form(),
    )


def _acts_on(post: PostView, reported: Iterable[Report]) -> tuple[Act, ...]:
    return rules.acts_on(
        post.state,
        returned=post.returned_at is not None,
        reported=any(report.open for report in reported),
    )


class Decided(Verdict):
    """The form of an item: a verdict, the reason picked from the list, and whether to go on to the next item."""

    canned: Chosen = ""
    onward: Annotated[bool, BeforeValidator(lambda typed: typed == "on")] = False


@refill(item)
async def decide(request: Request) -> Response:
    """Decides or proposes, and opens the next item of the same view that nobody else looks at."""
    db, actor, post_id, form = (
        database(request),
        actor_of(request),
        path_id(request),
        await read_asking(request, Decided, "reason", readers=LOG),
    )
    done = await proposing.decide(db, actor, post_id, canned.completed(form, form.canned))
    there = await next_address(request, Target.POST) if form.onward else view_of(request).address()
    return redirect(request, there, _(PROPOSED_DONE.get(done, ACT_DONE[form.act])))


@refill(queue_page)
async def undo(request: Request) -> Response:
    """Takes back the last decision, and shows the post once more."""
    post_id = await undoing.undo(database(request), actor_of(request))
    return redirect(request, f"/queue/{post_id}", _("取り消しました。投稿は公開に戻りました。"))


def _reasons(titles: dict[int, str], spoken: str) -> dict[str, Any]:
    """What the form of a decision offers."""
    return {
        "canned": canned.reasons(),
        "languages": canned.LANGUAGES,
        "spoken": spoken,
        "rule_options": [(number, f"{number}. {title}") for number, title in titles.items()],
    }


def _urgency(claim: Claim, titles: dict[int, str], records: list[Record], hints: Hints | None) -> Urgency:
    return rules.urgency(
        claim.due_at,
        clock.now(),
        since=claim.opened_at,
        reporters=claim.reporters,
        rules=claim.rules,
        titles=titles,
        settled=sum(record.settled for record in records),
        confirmed=sum(record.confirmed for record in records),
        reasons=why(claim.kind, None),
        noticed=hints.kinds if hints else (),
        of_poll=any(record.of_poll for record in records),
    )


async def _rewritten(db: Database, post: Post) -> list[Piece]:
    """What the newest version says otherwise than the one before, as both are published."""
    before, after = await all_published(db, (await revisions.of_post(db, post.id))[-2:])
    return diff(before.shown, after.shown)


async def _around(db: Database, actor: Actor, post: PostView) -> list[PostView]:
    """The post it answers and its neighbours, as this moderator may read them."""
    around = await posts.numbered(
        db, post.topic_id, post.number - AROUND, post.number + AROUND, viewer_id=actor.id, sees_held=True
    )
    if post.reply_to_id and post.reply_to_id not in {other.id for other in around}:
        answered = await posts.view(db, post.reply_to_id)
        around = [answered, *around] if answered else around
    return [for_reader(actor, other) for other in around]


async def _changed_words(db: Database, form: Form, post: Post) -> list[Piece] | None:
    """What the author changed after the moderator had opened the page, if anything."""
    history = {revision.number: revision for revision in await revisions.of_post(db, post.id)}
    seen = history.get(_seen(form, "revision"))
    if seen is None or seen.raw == post.raw:
        return None
    return diff((await published(db, seen)).shown, post.shown)


def _seen(form: Form, name: str) -> int:
    """A number that the form carries about the page it was on."""
    written = form.value(name)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


routes = [
    Route("/queue/undo", undo, methods=["POST"]),
    Route("/queue/{id:int}", item),
    Route("/queue/{id:int}", decide, methods=["POST"]),
]
