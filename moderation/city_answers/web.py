"""市の回答: the public list of what waits and what was answered, and the page of each discussion with its steps."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.accounts.queries.sections import named_sections
from forum.boards.rules import can_promise
from forum.drafts.web import sends_draft, written
from forum.i18n import _, by_locale
from forum.paging import page_of
from forum.posts.rules import BODY_MAX
from forum.screening.web import read_asking
from forum.topics.web.finding import board_of, head_of, topic_of
from forum.topics.web.reading import under_title_for
from forum.web import Form, actor_of, database, page, query_number, read, redirect, refill, site
from moderation.city_answers import actions, queries, rules
from moderation.city_answers.rules import Move, Promise

PAGE = "/city-answers"
SHOWN = 50


async def index(request: Request) -> Response:
    """What waits for an answer, what is late first; and what was answered last; one of them alone where its list goes on."""
    db, now, section = database(request), clock.now(), query_number(request, "section") or None
    here = f"{PAGE}?section={section}&" if section else f"{PAGE}?"
    last, last_answered = query_number(request, "waiting"), query_number(request, "answered")
    found = [] if last_answered else await queries.unanswered(db, section, after=last, limit=SHOWN + 1)
    waiting, more = page_of(found, SHOWN, f"{here}waiting=")
    found = [] if last else await queries.answered(db, section, after=last_answered, limit=SHOWN + 1)
    answered, older = page_of(found, SHOWN, f"{here}answered=")
    return await page(
        request,
        "city_answers/index.html",
        late=[one for one in waiting if one.answer_due_at <= now],
        ahead=[one for one in waiting if one.answer_due_at > now],
        answered=answered,
        numbers=await queries.how_many_wait(db, section, now),
        more=more,
        older=older,
        first=here.rstrip("?&") if last or last_answered else None,
        waits=not last_answered,
        was_answered=not last,
        sections=await _sections(request),
        section=section,
    )


async def show(request: Request) -> Response:
    """How far the answer to a discussion is, every step up to now, and the form of the next."""
    db, actor, topic = database(request), actor_of(request), await head_of(request)
    steps, acts = await queries.steps(db, topic.id), rules.open_acts(actor, topic)
    own = topic.answer_section_id
    moves = bool(set(rules.MOVES) & set(acts))
    due = clock.now().astimezone(site(request).renderer.zone).date() + timedelta(days=rules.PROPOSED_DAYS)
    return await page(
        request,
        "city_answers/show.html",
        topic=under_title_for(actor, topic),
        steps=steps,
        acts=[(act.value, _(rules.ACT_NAMES[act])) for act in acts],
        done_names=rules.DONE_NAMES,
        replies=await _replies(request, topic.id, own) if acts and own else [],
        sections=[one for one in await _sections(request) if one[0] != own] if moves else [],
        limit=BODY_MAX,
        form=await written(
            request,
            f"city-answer:{topic.id}",
            Form({"act": [*acts[:1]], "due": [] if own else [due.isoformat()]}),
        ),
    )


@refill(show)
@sends_draft
async def take(request: Request) -> Response:
    topic, move = await topic_of(request), await read_asking(request, Move, "words")
    await actions.take(database(request), actor_of(request), topic.id, move, site(request).renderer.zone)
    return redirect(request, actions.place(topic.id), _("記録しました。話題を出した人に知らせます。"))


async def promise_form(request: Request) -> Response:
    board = await board_of(request)
    require(can_promise(actor_of(request), board))
    return await page(
        request,
        "city_answers/promise.html",
        board=board,
        days_max=rules.DAYS_MAX,
        form=getattr(request.state, "form", None) or Form({"days": [str(board.answer_days or "")]}),
    )


@refill(promise_form)
async def promise(request: Request) -> Response:
    board, given = await board_of(request), await read(request, Promise)
    await actions.promise(database(request), actor_of(request), board, given)
    return redirect(request, f"/boards/{board.slug}", _("回答の約束を保存しました。"))


async def _replies(request: Request, topic_id: int, section_id: int) -> list[tuple[int, str]]:
    found = await queries.replies(database(request), topic_id, section_id, actions.REPLIES_OFFERED)
    return [(one.id, _("#%(n)s（%(name)s）", n=one.number, name=one.pen_name)) for one in found]


async def _sections(request: Request) -> list[tuple[int, str]]:
    return [
        (number, by_locale(name, name_en))
        for number, name, name_en in await named_sections(database(request))
    ]


routes = [
    Route(PAGE, index),
    Route("/topics/{id:int}/city-answer", show),
    Route("/topics/{id:int}/city-answer", take, methods=["POST"]),
    Route("/boards/{slug}/city-answers", promise_form),
    Route("/boards/{slug}/city-answers", promise, methods=["POST"]),
]
