"""The queue as a list, for moderators: filtered, and in views that each of them saves."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import Actor, require
from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.guides.queries import CharterRule, rules_in_force
from forum.i18n import _, by_locale
from forum.pictures import spoken
from forum.screening.hints import KIND_NAMES
from forum.validating import validated
from forum.web import actor_of, database, page, path_id, read, redirect, refill, site
from moderation.duties import queries as duties
from moderation.reviews import canned, hinting, rules
from moderation.reviews.actions import undoing
from moderation.reviews.actions.caring import care_for
from moderation.reviews.acts import ACT_NAMES
from moderation.reviews.queries import proposals, queue, reports, views
from moderation.reviews.queries.queue import Item, Key
from moderation.reviews.queries.reports import Record
from moderation.reviews.rules import Urgency
from moderation.reviews.targets import why
from moderation.reviews.views import LOOKING, OWN_BOARDS, QUEUE, WAITING, NamedView, View


async def queue_page(request: Request) -> Response:
    """What waits, the most urgent first."""
    db, actor = database(request), actor_of(request)
    require(rules.can_see_queue(actor))
    today = site(request).renderer.local(clock.now()).date()
    view, after = view_of(request), _key(request.query_params.get("after"))
    # First, so that the list is not older than its stamp.
    waiting = await queue.waiting(db, actor)
    found = await queue.page(db, actor, view, after=after, limit=rules.ITEMS_PER_PAGE + 1)
    shown, more = found[: rules.ITEMS_PER_PAGE], len(found) > rules.ITEMS_PER_PAGE
    titles = titled(await rules_in_force(db))
    records = await reports.records(db, [item.post_id for item in shown if item.reporters])
    return await page(
        request,
        "reviews/queue.html",
        items=[(item, _urgency(item, titles, records)) for item in shown],
        hints={item.id: hinting.kinds_in(item.raw, item.newcomer) for item in shown},
        hint_names=KIND_NAMES,
        view=view,
        measure=await queue.measure(db, actor, view) if view.only else None,
        care=await care_for(db, actor, [item.post_id for item in shown]),
        age=rules.spell,
        in_words=spoken,
        now=clock.now(),
        waiting=waiting,
        duties=await duties.between(db, actor, today, today),
        slip=await undoing.undoable(db, actor),
        mine=await proposals.of_moderator(db, actor.id or 0, rules.ITEMS_PER_PAGE),
        act_names=ACT_NAMES,
        saved=await views.of_account(db, actor.id or 0),
        options=await _options(db, actor, titles),
        canned=canned.reasons(),
        languages=canned.LANGUAGES,
        spoken="ja",
        rule_options=[(number, f"{number}. {title}") for number, title in titles.items()],
        further=view.address(after=_written(shown[-1])) if more else None,
        first=view.address() if after else None,
        place={"after": request.query_params["after"]} if after else {},
    )


@refill(queue_page)
async def save(request: Request) -> Response:
    """Keeps the filters of the page under a name; another view of that name is replaced."""
    db, actor = database(request), actor_of(request)
    require(rules.can_see_queue(actor))
    view = await read(request, NamedView)
    address = View(**view.model_dump(exclude={"name"})).address()
    await views.save(db, actor.id or 0, view.name, address.removeprefix(QUEUE))
    return redirect(request, address, _("絞り込みを保存しました。"))


async def forget(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    require(rules.can_see_queue(actor))
    await views.forget(db, actor.id or 0, path_id(request))
    return redirect(request, QUEUE, _("保存した絞り込みを消しました。"))


def view_of(request: Request) -> View:
    """The filters of the address. Raises NotFound for what there is not."""
    try:
        return validated(View, request.query_params)
    except Invalid as garbage:
        raise NotFound from garbage


async def _options(db: Database, actor: Actor, titles: dict[int, str]) -> dict[str, list[tuple[object, str]]]:
    """What each filter may be set to, and how it is called."""
    found = [board for board in await boards.boards(db, readable_kinds(actor)) if actor.moderates(board.id)]
    own = [(OWN_BOARDS, _("自分の担当"))] if actor.moderates_boards and actor.moderates_everywhere else []
    return {
        "board": [*own, *((board.slug, by_locale(board.name, board.name_en)) for board in found)],
        "rule": [(number, f"{number} {title}") for number, title in titles.items()],
        "waiting": [(name, _(text)) for name, text in WAITING.items()],
        "looking": [(name, _(text)) for name, text in LOOKING.items()],
        "author": [("new", _("はじめての人"))],
    }


def _urgency(item: Item, titles: dict[int, str], of_posts: dict[int, list[Record]]) -> Urgency:
    records = of_posts.get(item.post_id, []) if item.reporters else []
    return rules.urgency(
        item.due_at,
        clock.now(),
        since=item.since,
        reporters=item.reporters,
        rules=item.rules,
        titles=titles,
        settled=sum(record.settled for record in records),
        confirmed=sum(record.confirmed for record in records),
        reasons=why(item.kind, item.stage),
        noticed=hinting.kinds_in(item.raw, item.newcomer),
        of_poll=any(record.of_poll for record in records),
    )


def titled(in_force: list[CharterRule]) -> dict[int, str]:
    return {rule.number: by_locale(rule.title, rule.title_en) for rule in in_force}


def _written(item: Item) -> str:
    return f"{item.due_at.timestamp():.6f}_{item.id}"


def _key(written: str | None) -> Key | None:
    """The position in the queue that an address carries; a broken one is not found."""
    if not written:
        return None
    try:
        due_at, item_id = written.split("_")
        key = datetime.fromtimestamp(float(due_at), tz=clock.now().tzinfo), int(item_id)
    except (ValueError, OverflowError, OSError) as error:
        raise NotFound from error
    if not 0 < key[1] < 2**63:
        raise NotFound
    return key


routes = [
    Route(QUEUE, queue_page),
    Route("/queue/views", save, methods=["POST"]),
    Route("/queue/views/{id:int}/forget", forget, methods=["POST"]),
]
