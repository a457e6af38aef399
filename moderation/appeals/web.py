"""異議申立て: contesting a decision, and judging that."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import Actor, require
from forum.boards.rules import readable_kinds
from forum.errors import Forbidden, NotFound
from forum.guides.queries import rules_in_force
from forum.i18n import _, by_locale
from forum.pace.actions import keep_pace
from forum.paging import page_of
from forum.posts.queries import posts
from forum.posts.rules import for_reader, title_for, titled_for
from forum.screening.asking import LOG, MODERATORS
from forum.screening.web import read_asking
from forum.web import actor_of, database, page, path_id, query_number, redirect, refill
from moderation.appeals import actions, queries, rules
from moderation.appeals.queries import Line
from moderation.appeals.rules import OUTCOME_NAMES, Answer, Appeal, Contested, Filing
from moderation.reviews.actions.caring import care_for
from moderation.reviews.acts import ACT_NAMES, Act
from moderation.reviews.queries import log
from moderation.reviews.rules import APPEAL_WITHIN, can_see_queue
from moderation.reviews.targets import Target
from moderation.reviews.web import claiming
from moderation.reviews.web.listing import view_of

SHOWN = 30
# The lists on the page of all, by the name under which an address goes on with one of them alone.
JUDGED = {"pending": queries.waiting, "answered": queries.answered}
LISTS = {**JUDGED, "own": queries.of_person}


async def appeals(request: Request) -> Response:
    """For moderators what waits for a judgement; for everybody their own, and what became of all of them."""
    db, actor = database(request), actor_of(request)
    moderates = bool(can_see_queue(actor))
    alone = [name for name in LISTS if query_number(request, name)][:1]
    lists = {}
    for name in alone or LISTS:
        if moderates or name not in JUDGED:
            found = await LISTS[name](db, actor, after=query_number(request, name), limit=SHOWN + 1)
            shown, more = page_of(found, SHOWN, f"/appeals?{name}=")
            lists[name] = (_titled(actor, shown), more)
    return await page(
        request,
        "appeals/index.html",
        lists=lists,
        goes_on=bool(alone),
        figures=await queries.figures(db, readable_kinds(actor)),
        titles={rule.number: by_locale(rule.title, rule.title_en) for rule in await rules_in_force(db)},
        outcome_names=OUTCOME_NAMES,
        act_names=ACT_NAMES,
        now=clock.now(),
    )


def _titled(actor: Actor, lines: Iterable[Line]) -> list[Line]:
    """Each under the title that the person may read."""
    return [
        replace(line, topic_title=title_for(actor, line.board_id, line.topic_state, line.topic_title))
        for line in lines
    ]


async def form(request: Request) -> Response:
    """The form for one decision, named by its number, or as the newest on a post or topic."""
    if actor_of(request).is_guest:
        return redirect(request, f"/login?{urlencode({'next': f'{request.url.path}?{request.url.query}'})}")
    contested = await _asked_for(request)
    ruling = rules.can_appeal(actor_of(request), contested, clock.now())
    if contested.appealed and rules.standing_of(actor_of(request), contested):
        appeal = await queries.of_decision(database(request), contested.decision_id)
        if appeal and actor_of(request).wrote(appeal.appellant_id):
            return redirect(request, f"/appeals/{appeal.id}")
    require(ruling)
    return await page(
        request,
        "appeals/new.html",
        decision=await log.line(database(request), contested.number),
        contested=contested,
        until=contested.decided_at + APPEAL_WITHIN,
        answered_days=rules.ANSWERED_WITHIN.days,
        act_names=ACT_NAMES,
        limit=rules.BODY_MAX,
    )


@refill(form)
async def file(request: Request) -> Response:
    if actor_of(request).is_guest:  # logged in no more
        raise Forbidden(_("ログインしてください。"))
    actor, contested = actor_of(request), await _asked_for(request)
    filing = await read_asking(request, Filing, "body", readers=MODERATORS)
    await keep_pace(database(request), "report", actor.id or 0)
    number = await actions.file(database(request), actor, contested.decision_id, filing)
    return redirect(
        request, f"/appeals/{number}", _("異議申立てを受け付けました。結果を受信箱でお知らせします。")
    )


async def show(request: Request) -> Response:
    """One appeal, for who filed it and for the moderators of the board; with the form for who may judge it."""
    db, actor = database(request), actor_of(request)
    appeal, contested = await _appeal(request)
    view = await posts.view(db, contested.post_id)
    judged = await log.line(db, contested.number)
    assert view is not None
    assert judged is not None
    can_answer = rules.can_answer(actor, contested, appeal.appellant_id)
    claim = await claiming.opened(request, appeal.id, Target.APPEAL) if can_answer else None
    return await page(
        request,
        "appeals/show.html",
        appeal=appeal,
        contested=contested,
        decision=judged,
        post=titled_for(actor, for_reader(actor, view)),
        care=await care_for(db, actor, [view.id]) if actor.is_moderator else None,
        stands=rules.stands(contested),
        claim=claim,
        view=view_of(request),
        can_answer=can_answer,
        outcomes=[(outcome, _(OUTCOME_NAMES[outcome])) for outcome in rules.outcomes(contested)],
        hides=rules.ANSWERS[Act(contested.act)][rules.Outcome.OVERTURNED] is Act.HIDE,
        rule_options=[
            (rule.number, f"{rule.number}. {by_locale(rule.title, rule.title_en)}")
            for rule in await rules_in_force(db)
        ],
        answer=await log.line(db, judged.answered_by) if judged.answered_by else None,
        outcome=rules.outcome_of(contested.act, appeal.answer_act) if appeal.answer_act else None,
        outcome_names=OUTCOME_NAMES,
        act_names=ACT_NAMES,
        late=appeal.open and clock.now() > appeal.until,
    )


@refill(show)
async def answer(request: Request) -> Response:
    await _appeal(request)
    given = await read_asking(request, Answer, "reason", readers=LOG)
    await actions.answer(database(request), actor_of(request), path_id(request), given)
    there = view_of(request).address(Target.APPEAL.page(path_id(request)))
    return redirect(request, there, _("異議申立てへの判断を記録し、本人に知らせました。"))


async def _appeal(request: Request) -> tuple[Appeal, Contested]:
    """The appeal of the path. Raises NotFound for those who may not know of it."""
    db, actor = database(request), actor_of(request)
    appeal = await queries.appeal(db, path_id(request))
    contested = await queries.contested(db, appeal.decision_id) if appeal else None
    if appeal is None or contested is None:
        raise NotFound
    if not rules.can_see_appeal(actor, contested, appeal.appellant_id):
        raise NotFound
    return appeal, contested


async def _asked_for(request: Request) -> Contested:
    """The decision of the query. Raises NotFound for those whom it does not concern."""
    db = database(request)
    number = query_number(request, "decision")
    if post_id := query_number(request, "post"):
        number = await queries.newest_decision(db, post_id) or 0
    elif topic_id := query_number(request, "topic"):
        act = request.query_params.get("act", "")
        number = (await queries.newest_about_topic(db, topic_id, act) if act in rules.ANSWERS else None) or 0
    contested = await queries.contested(db, number)
    if contested is None or rules.standing_of(actor_of(request), contested) is None:
        raise NotFound
    return contested


routes = [
    Route("/appeals", appeals),
    Route("/appeals/new", form),
    Route("/appeals/new", file, methods=["POST"]),
    Route("/appeals/{id:int}", show),
    Route("/appeals/{id:int}", answer, methods=["POST"]),
]
