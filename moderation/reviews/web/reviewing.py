"""The queue and its items, for moderators."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import NotFound
from forum.guides.queries import CharterRule, rules_in_force
from forum.i18n import _, by_locale
from forum.posts.diffing import Piece, diff
from forum.posts.queries import posts, revisions
from forum.posts.rules import Post, PostView, can_read_words, for_reader
from forum.posts.web import readable_post
from forum.screening.hints import KIND_NAMES
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill
from moderation.reviews import actions, hinting, rules
from moderation.reviews.queries import decisions, queue, reports
from moderation.reviews.queries.queue import Item
from moderation.reviews.rules import Kind, Urgency, Verdict

# How much of the thread stands around a post that is judged: posts before and after it.
AROUND = 2


async def queue_page(request: Request) -> Response:
    """What waits, the most urgent first."""
    db, actor = database(request), actor_of(request)
    require(rules.can_see_queue(actor))
    kind, after = _kind(request.query_params.get("kind")), _key(request.query_params.get("after"))
    # First, so that the list is not older than its stamp.
    waiting = await queue.waiting(db, actor)
    found = await queue.page(db, actor, kind, after=after, limit=rules.ITEMS_PER_PAGE + 1)
    shown, more = found[: rules.ITEMS_PER_PAGE], len(found) > rules.ITEMS_PER_PAGE
    titles = _titles(await rules_in_force(db))
    start = f"/queue?kind={kind}&" if kind else "/queue?"
    return await page(
        request,
        "reviews/queue.html",
        items=[(item, _urgency(item, titles)) for item in shown],
        kind=kind,
        waiting=waiting,
        further=f"{start}after={_written(shown[-1])}" if more else None,
        first=start[:-1] if after else None,
    )


async def item(request: Request) -> Response:
    """All that is needed to judge one post, waiting or not."""
    db, actor, post = database(request), actor_of(request), await readable_post(request)
    require(rules.can_review(actor, post))
    current = await posts.post(db, post.id)
    assert current is not None
    reported, decided = await reports.of_post(db, post.id), await decisions.of_post(db, post.id)
    titles, author = _titles(await rules_in_force(db)), await decisions.standing(db, post.author_id)
    form: Form | None = getattr(request.state, "form", None)
    return await page(
        request,
        "reviews/item.html",
        post=for_reader(actor, post),
        judged=current,
        around=await _around(db, actor, post),
        author=author,
        hints=await hinting.hints_on(db, current, newcomer=not author.visible) if post.html else None,
        reports=reported,
        hint_names=KIND_NAMES,
        titles=titles,
        decisions=decided,
        acts=rules.acts_on(
            post.state,
            returned=post.returned_at is not None,
            reported=any(report.open for report in reported),
        ),
        act_names=rules.ACT_NAMES,
        rule_options=[(number, f"{number}. {title}") for number, title in titles.items()],
        changed=await _changed_words(db, form, current) if form and can_read_words(actor, post) else None,
        overtaken=[decision for decision in decided if form and decision.id > _seen(form, "decision")],
        form=form or Form(),
    )


@refill(item)
async def decide(request: Request) -> Response:
    db, actor, verdict = database(request), actor_of(request), await read(request, Verdict)
    await actions.decide(db, actor, path_id(request), verdict)
    return redirect(request, "/queue", _(rules.ACT_DONE[verdict.act]))


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
    return diff(seen.raw, post.raw) if seen and seen.raw != post.raw else None


def _seen(form: Form, name: str) -> int:
    """A number that the form carries about the page it was on."""
    written = form.value(name)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


def _urgency(item: Item, titles: dict[int, str]) -> Urgency:
    return rules.urgency(
        item.due_at,
        clock.now(),
        since=item.since,
        reporters=item.reporters,
        rules=item.rules,
        titles=titles,
    )


def _titles(in_force: list[CharterRule]) -> dict[int, str]:
    return {rule.number: by_locale(rule.title, rule.title_en) for rule in in_force}


def _kind(written: str | None) -> Kind | None:
    if not written:
        return None
    if written not in set(Kind):
        raise NotFound
    return Kind(written)


def _written(item: Item) -> str:
    return f"{item.due_at.timestamp():.6f}_{item.id}"


def _key(written: str | None) -> tuple[datetime, int] | None:
    """The position in the queue that an address carries; a broken one is not found."""
    if not written:
        return None
    try:
        due_at, item_id = written.split("_")
        return datetime.fromtimestamp(float(due_at), tz=clock.now().tzinfo), int(item_id)
    except (ValueError, OverflowError, OSError) as error:
        raise NotFound from error


routes = [
    Route("/queue", queue_page),
    Route("/queue/{id:int}", item),
    Route("/queue/{id:int}", decide, methods=["POST"]),
]
