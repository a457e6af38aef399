"""The desk of the moderators: asking the author, deciding, and opening the envelope."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import Ruling
from forum.errors import Forbidden, NotFound
from forum.guides.queries import rules_in_force
from forum.i18n import _, by_locale
from forum.posts.queries import posts
from forum.posts.rules import for_reader, titled_for
from forum.screening.asking import LOG
from forum.screening.web import read_asking
from forum.web import actor_of, database, page, path_id, read, redirect, refill, site
from moderation.reviews.actions.caring import care_for
from moderation.reviews.targets import Target
from moderation.reviews.web import claiming
from moderation.reviews.web.listing import view_of
from moderation.rights import actions, queries, rules
from moderation.rights.jobs import mail_address
from moderation.rights.rules import OUTCOME_LABELS, Filed, Judgement, Look, Stage
from moderation.rights.web.showing import shown


async def desk(request: Request) -> Response:
    """A request with its post, its steps, and what may be done now."""
    return await _desk(request)


async def _desk(request: Request, envelope: dict[str, str] | None = None) -> Response:
    db, actor, filed = database(request), actor_of(request), await _handled(request)
    facts = await shown(request, filed)
    post = await posts.view(db, filed.post_id)
    assert post is not None
    at = facts["stage"]
    can_open, by_letter = _envelope(request, filed, at)
    claim = await claiming.opened(request, filed.id, Target.REQUEST) if at is not Stage.ASKED else None
    return await page(
        request,
        "rights/desk.html",
        **facts,
        post=titled_for(actor, for_reader(actor, post)),
        claim=claim,
        view=view_of(request),
        care=await care_for(db, actor, [filed.post_id]),
        can_ask=rules.can_ask(at, filed.post_state, author_hears=filed.author_hears),
        outcomes=[(kind, _(OUTCOME_LABELS[kind])) for kind in rules.outcomes(at, filed.post_state)],
        can_open=can_open,
        by_letter=by_letter,
        envelope=envelope,
        looks=await queries.looks(db, filed.id),
        days=rules.DAYS_TO_OBJECT_TO_A_CANDIDATE if filed.candidate else rules.DAYS_TO_OBJECT,
        rule_options=[
            (rule.number, f"{rule.number}. {by_locale(rule.title, rule.title_en)}")
            for rule in await rules_in_force(db)
        ],
    )


def _envelope(request: Request, filed: Filed, at: Stage) -> tuple[Ruling, bool]:
    """Whether this moderator may open it, and whether a letter must say what was decided; neither where the key is another."""
    can_open = rules.can_open(actor_of(request), filed)
    if at is not Stage.DECIDED or filed.sealed is None:
        return can_open, False
    try:
        return can_open, not mail_address(site(request), filed)[0]
    except Forbidden as shut:
        return can_open and Ruling(shut.reason), False


@refill(desk)
async def ask(request: Request) -> Response:
    filed = await _handled(request)
    await actions.ask(database(request), actor_of(request), filed.id, site(request).renderer.zone)
    return redirect(request, _here(request), _("書いた人に意見をたずねました。"))


@refill(desk)
async def decide(request: Request) -> Response:
    filed = await _handled(request)
    given = await read_asking(request, Judgement, "reason", readers=LOG)
    await actions.decide(database(request), actor_of(request), filed.id, given)
    return redirect(request, _here(request), _("結論を記録しました。"))


@refill(desk)
async def look(request: Request) -> Response:
    """Opens the envelope on this page alone: nothing of it is in an address, and every opening is on record."""
    filed, given = await _handled(request), await read(request, Look)
    envelope = await actions.open_envelope(
        database(request), site(request).seal, actor_of(request), filed.id, given.why
    )
    response = await _desk(request, envelope)
    response.headers["Cache-Control"] = "no-store"
    return response


def _here(request: Request) -> str:
    return view_of(request).address(Target.REQUEST.page(path_id(request)))


async def _handled(request: Request) -> Filed:
    """For those who handle it. For everybody else there is no such page."""
    filed = await queries.filed(database(request), path_id(request))
    actor = actor_of(request)
    if filed is None or not rules.can_handle(actor, filed):
        raise NotFound
    return filed


routes = [
    Route("/rights-requests/{id:int}", desk),
    Route("/rights-requests/{id:int}/ask", ask, methods=["POST"]),
    Route("/rights-requests/{id:int}/decision", decide, methods=["POST"]),
    Route("/rights-requests/{id:int}/look", look, methods=["POST"]),
]
