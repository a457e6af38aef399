"""The versions of a draft plan: what each said, what changed and why; and the form by which the section corrects it."""

from itertools import pairwise

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.i18n import _
from forum.posts.diffing import diff
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill
from moderation.consultations.actions import correcting
from moderation.consultations.passages import passages_of
from moderation.consultations.queries import notices, versions
from moderation.consultations.queries.notices import PlanPart
from moderation.consultations.queries.versions import Version
from moderation.consultations.rules import Act
from moderation.consultations.rules.correcting import Correction
from moderation.consultations.rules.extending import REASON_LIMIT
from moderation.consultations.rules.notice import as_text
from moderation.consultations.web.desk import require_to_begin, run_by
from moderation.consultations.web.reading import consultation_of, frame


async def index(request: Request) -> Response:
    """The newest first, each with what is different from the one before."""
    consultation = await consultation_of(request)
    kept = await versions.of(database(request), consultation.id)
    return await page(
        request,
        "consultations/versions.html",
        **frame(request, consultation),
        versions=[(after, changed(before, after)) for before, after in reversed([*pairwise(kept)])],
        first=kept[0] if kept else None,
        diff=diff,
    )


def changed(before: Version, after: Version) -> list[tuple[int, str, str, str]]:
    """(number, heading, before, after) of each section that is not as it was; headings are part of the words."""
    old, found = before.parts, []
    for number, part in enumerate(after.parts, 1):
        was = old[number - 1] if number <= len(old) else None
        if part != was:
            found.append((number, part.heading, "\n\n".join(was) if was else "", "\n\n".join(part)))
    return found


async def show(request: Request) -> Response:
    """One version as it was read, with the anchors that opinions about it point at."""
    consultation, number = await consultation_of(request), path_id(request, "number")
    kept = await versions.of(database(request), consultation.id)
    if not 1 <= number <= max(len(kept), 1):
        raise NotFound
    if not kept:
        return redirect(request, f"/consultations/{consultation.id}")
    parts = [PlanPart(0, position, *part) for position, part in enumerate(kept[number - 1].parts, 1)]
    return await page(
        request,
        "consultations/version.html",
        **frame(request, consultation),
        version=kept[number - 1],
        newest=len(kept),
        plan=passages_of(parts, kept[:number]),
    )


async def form(request: Request) -> Response:
    consultation, db = await run_by(request), database(request)
    require_to_begin(request, Act.CORRECT, consultation)
    plan = await notices.plan(db, consultation.id)
    values = {
        "plan": [as_text((part.heading, part.body) for part in plan)],
        "number": [str(await versions.newest(db, consultation.id))],
    }
    return await page(
        request,
        "consultations/correct.html",
        **frame(request, consultation),
        form=getattr(request.state, "form", None) or Form(values),
        reason_limit=REASON_LIMIT,
    )


@refill(form)
async def correct(request: Request) -> Response:
    consultation, correction = await run_by(request), await read(request, Correction)
    await correcting.correct(database(request), actor_of(request), consultation.id, correction)
    address = f"/consultations/{consultation.id}/plan"
    return redirect(request, address, _("計画案を訂正しました。意見を出した人にも知らせます。"))


routes = [
    Route("/consultations/{id:int}/plan", index),
    Route("/consultations/{id:int}/plan/{number:int}", show),
    Route("/consultations/{id:int}/correct", form),
    Route("/consultations/{id:int}/correct", correct, methods=["POST"]),
]
