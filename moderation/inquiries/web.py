"""照会: the list of a section, the form that asks, and the page of each with its answer."""

from dataclasses import replace
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.accounts.queries.sections import named_sections
from forum.drafts.web import sends_draft, written
from forum.errors import NotFound
from forum.i18n import _, by_locale
from forum.paging import page_of
from forum.web import Form, actor_of, database, page, path_id, query_number, read, redirect, refill, site
from moderation.digests.covering import title_of
from moderation.digests.queries import opinions
from moderation.inquiries import actions, queries, rules
from moderation.inquiries.naming import named
from moderation.inquiries.rules import Answer, Matter, Question, Withdrawal

PAGE = "/inquiries"
ENDED_SHOWN = 30


async def index(request: Request) -> Response:
    """What waits for an answer, what is late first; and what was answered last."""
    db, actor, now = database(request), actor_of(request), clock.now()
    if actor.is_guest:
        return redirect(request, f"/login?next={PAGE}")
    require(rules.can_see_inquiries(actor))
    last = query_number(request, "ended")
    found = [] if last else await named(db, await queries.unanswered(db, actor))
    ended = await named(db, await queries.ended(db, actor, after=last, limit=ENDED_SHOWN + 1))
    shown, older = page_of(ended, ENDED_SHOWN, f"{PAGE}?ended=")
    return await page(
        request,
        "inquiries/index.html",
        late=[one for one in found if one.is_late(now)],
        arrived=[one for one in found if not one.is_late(now) and rules.can_answer(actor, one)],
        sent=[one for one in found if not one.is_late(now) and not rules.can_answer(actor, one)],
        ended=shown,
        older=older,
        goes_on=bool(last),
        outcome_names=rules.OUTCOME_NAMES,
    )


async def new(request: Request) -> Response:
    db, actor, matter = database(request), actor_of(request), await matter_of(request)
    require(rules.can_ask(actor, matter))
    zone = site(request).renderer.zone
    due = clock.now().astimezone(zone).date() + timedelta(days=rules.PROPOSED_DAYS)
    return await page(
        request,
        "inquiries/new.html",
        matter=matter,
        said=await opinions.in_groups(db, [matter.group_id]),
        sections=[
            (number, by_locale(name, name_en))
            for number, name, name_en in await named_sections(db)
            if number != actor.section_id
        ],
        limit=rules.QUESTION_MAX,
        form=await written(request, f"inquiry:{matter.group_id}", Form({"due": [due.isoformat()]})),
    )


@refill(new)
@sends_draft
async def ask(request: Request) -> Response:
    matter, question = await matter_of(request), await read(request, Question)
    zone = site(request).renderer.zone
    number = await actions.ask(
        database(request), actor_of(request), matter.digest_id, matter.group_id, question, zone
    )
    return redirect(request, actions.place(number), _("照会を送りました。相手の課の職員に知らせます。"))


async def matter_of(request: Request) -> Matter:
    """The group of the path. Raises NotFound also for those who may not know that there is a draft."""
    found = await queries.matter(database(request), path_id(request), path_id(request, "group"))
    if found is None or not actor_of(request).is_staff:
        raise NotFound
    return replace(found, title=await title_of(database(request), found.digest_id, found.group_id))


async def show(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    inquiry = await queries.inquiry(db, path_id(request))
    if inquiry is None or not rules.can_see(actor, inquiry):
        raise NotFound
    (inquiry,) = await named(db, [inquiry])
    said = await opinions.by_ids(db, inquiry.digest_id, await queries.opinions(db, inquiry))
    return await page(
        request,
        "inquiries/show.html",
        inquiry=inquiry,
        late=inquiry.is_late(clock.now()),
        said=said,
        gone=len(inquiry.opinions) - len(said),
        can_answer=rules.can_answer(actor, inquiry),
        can_withdraw=rules.can_withdraw(actor, inquiry),
        outcome_names=rules.OUTCOME_NAMES,
        limit=rules.ANSWER_MAX,
        form=await written(request, f"inquiry-answer:{inquiry.id}", Form()),
    )


@refill(show)
@sends_draft
async def answer(request: Request) -> Response:
    given = await read(request, Answer)
    await actions.answer(database(request), actor_of(request), path_id(request), given)
    return redirect(request, actions.place(path_id(request)), _("答えを送りました。照会した人に知らせます。"))


@refill(show)
async def withdraw(request: Request) -> Response:
    withdrawal = await read(request, Withdrawal)
    await actions.withdraw(database(request), actor_of(request), path_id(request), withdrawal)
    return redirect(request, PAGE, _("照会を取り下げました。"))


routes = [
    Route(PAGE, index),
    Route("/digests/{id:int}/groups/{group:int}/inquiries", new),
    Route("/digests/{id:int}/groups/{group:int}/inquiries", ask, methods=["POST"]),
    Route("/inquiries/{id:int}", show),
    Route("/inquiries/{id:int}", answer, methods=["POST"]),
    Route("/inquiries/{id:int}/withdraw", withdraw, methods=["POST"]),
]
