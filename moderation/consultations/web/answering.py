"""The answer bench: one page for all groups, one for each, and the button that publishes."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import ALLOWED
from forum.errors import NotFound
from forum.i18n import _, _n
from forum.posts.diffing import diff
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill
from moderation.approvals import queries as approvals
from moderation.approvals.panel import Panel, panel
from moderation.consultations import rules
from moderation.consultations.actions import answering, answering_several
from moderation.consultations.actions.approving import subject
from moderation.consultations.gathering import Answered, Gathered, gather
from moderation.consultations.queries import answers, notices
from moderation.consultations.rules import Act, Consultation, references
from moderation.consultations.rules.reply import REPLY_LIMIT, CommonReply, Reply
from moderation.consultations.rules.variants import LANGUAGE_NAMES
from moderation.consultations.web.desk import run_by
from moderation.consultations.web.reading import frame
from moderation.inquiries import queries as inquiries


async def bench(request: Request) -> Response:
    consultation, gathered = await being_considered(request)
    ruling = rules.can_publish(
        actor_of(request), consultation, gathered.in_the_way, gathered.balanced, clock.now()
    )
    return await page(
        request,
        "consultations/bench.html",
        **frame(request, consultation),
        gathered=gathered,
        only_gaps=only_gaps(request),
        can_publish=ruling,
        categories=await answers.categories(database(request)),
        limit=REPLY_LIMIT,
        approval=await approval_of(request, consultation, gathered) if ruling else None,
        form=getattr(request.state, "form", None) or Form(),
    )


def only_gaps(request: Request) -> bool:
    """Whether somebody looks only at the groups that are still in the way."""
    return request.query_params.get("show") == "open"


async def approval_of(request: Request, consultation: Consultation, gathered: Gathered) -> Panel | None:
    """None where the town asks nobody. Whoever came as far as the bench may publish."""
    db = database(request)
    if not await approvals.asks(db):
        return None
    return await panel(db, actor_of(request), ALLOWED, await subject(db, consultation, gathered))


@refill(bench)
async def answer_several(request: Request) -> Response:
    """The same answer to all the groups that are ticked."""
    consultation, reply = await run_by(request), await read(request, CommonReply)
    number = await answering_several.answer_several(
        database(request), actor_of(request), consultation.id, reply
    )
    notice = _n("%(n)s論点に、市の考え方を保存しました。", n=number)
    place = "" if reply.everything else "?show=open#points" if only_gaps(request) else "#points"
    return redirect(request, f"/consultations/{consultation.id}/answers{place}", notice)


@refill(bench)
async def publish(request: Request) -> Response:
    consultation = await run_by(request)
    await answering.publish_result(database(request), actor_of(request), consultation.id)
    return redirect(request, f"/consultations/{consultation.id}/results", _("結果を公表しました。"))


async def group(request: Request) -> Response:
    """The opinions of a group beside the form for its answer."""
    consultation, gathered = await being_considered(request)
    found = group_of(request, gathered)
    db = database(request)
    plan = await notices.plan(db, consultation.id)
    return await page(
        request,
        "consultations/answer.html",
        **frame(request, consultation),
        gathered=gathered,
        group=found,
        elsewhere=gathered.elsewhere(),
        section=next((part for part in plan if part.id == found.row.plan_section_id), None),
        misquotes=rules.misquotes(found.answering.plan_before, [part.body for part in plan]),
        diff=diff,
        languages=LANGUAGE_NAMES,
        can_translate=rules.can(actor_of(request), Act.TRANSLATE, consultation, clock.now()),
        categories=await answers.categories(db),
        versions=await answers.versions(db, found.row.id),
        inquiries=await inquiries.of_group(db, found.row.id),
        can_answer=rules.can(actor_of(request), Act.ANSWER, consultation, clock.now()),
        limit=REPLY_LIMIT,
        form=getattr(request.state, "form", None) or Form(values_of(found)),
    )


@refill(group)
async def answer(request: Request) -> Response:
    """Saves a version and goes on to the next group that is not complete."""
    consultation, gathered = await being_considered(request)
    found, reply = group_of(request, gathered), await read(request, Reply)
    await answering.answer(database(request), actor_of(request), consultation.id, found.row.id, reply)
    _consultation, after = await being_considered(request)
    return redirect(request, next_address(consultation, after, found), _("市の考え方を保存しました。"))


def values_of(group: Answered) -> dict[str, list[str]]:
    if (answer := group.answer) is None:
        return {}
    fields = ("category", "body", "reason", "plan_before", "plan_after")
    return {name: [references.typed(getattr(answer, name), group.numbers)] for name in fields}


def next_address(consultation: Consultation, gathered: Gathered, done: Answered) -> str:
    open_groups = [group for group in gathered.groups if group.gaps and group.row.id != done.row.id]
    later = [group for group in open_groups if group.number > done.number]
    following = (later or open_groups)[:1]
    address = f"/consultations/{consultation.id}/answers"
    return f"{address}/{following[0].row.id}" if following else address


async def being_considered(request: Request) -> tuple[Consultation, Gathered]:
    """Raises NotFound before the opinions are compiled."""
    consultation = await run_by(request)
    gathered = await gather(database(request), consultation.id)
    if gathered is None:
        raise NotFound
    return consultation, gathered


def group_of(request: Request, gathered: Gathered) -> Answered:
    number = path_id(request, "group")
    for found in gathered.groups:
        if found.row.id == number:
            return found
    raise NotFound


routes = [
    Route("/consultations/{id:int}/answers", bench),
    Route("/consultations/{id:int}/answers", publish, methods=["POST"]),
    Route("/consultations/{id:int}/answers/several", bench),
    Route("/consultations/{id:int}/answers/several", answer_several, methods=["POST"]),
    Route("/consultations/{id:int}/answers/{group:int}", group),
    Route("/consultations/{id:int}/answers/{group:int}", answer, methods=["POST"]),
]
