"""Whoever has the number of a receipt: finds it, sees how it stands, and takes the submission back."""

from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.pace.actions import keep_pace
from forum.text import Line, sized
from forum.web import actor_of, database, page, read, redirect, refill, site
from moderation.consultations import rules
from moderation.consultations.actions import taking_back
from moderation.consultations.gathering import gather
from moderation.consultations.queries import notices, progress, versions
from moderation.consultations.rules import Act, State
from moderation.consultations.rules.progress import STATUS_NAMES, TONES
from moderation.consultations.web.reading import consultation_of, frame
from moderation.digests.queries import objections
from moderation.submissions import queries as submissions
from moderation.submissions.attachments import FILES_MAX
from moderation.submissions.queries import attached, passages
from moderation.submissions.receipts import read_receipt
from moderation.submissions.rules import LINE_LIMIT, Submission, TakingBack


class Asked(BaseModel):
    """A number as somebody copied it from paper or mail."""

    receipt: Annotated[Line, sized(1, LINE_LIMIT)]


async def search(request: Request) -> Response:
    return await page(request, "consultations/receipts.html")


@refill(search)
async def find(request: Request) -> Response:
    """By POST, so that the number is in no log. Whoever guesses learns nothing but that there is none."""
    found = read_receipt((await read(request, Asked)).receipt)
    if found is not None:
        number, receipt = found
        consultation = await notices.consultation(database(request), number)
        known = consultation is not None and rules.can_see(actor_of(request), consultation)
        if known and await submissions.submission(database(request), number, receipt):
            return redirect(request, f"/consultations/{number}/submissions/{receipt}")
    raise Invalid(receipt=_("この番号の意見は見つかりません。番号を確かめてください。"))


async def receipt(request: Request) -> Response:
    """Whoever has the number learns that the words arrived, and later what became of them; not who wrote."""
    consultation = await consultation_of(request)
    db = database(request)
    submission = await submissions.submission(db, consultation.id, request.path_params["receipt"])
    if submission is None:
        raise NotFound
    gathered = await gather(db, consultation.id) if consultation.state == State.PUBLISHED else None
    return await page(
        request,
        "consultations/receipt.html",
        **frame(request, consultation),
        submission=submission,
        shows_hash=actor_of(request).wrote(submission.account_id)
        or not await submissions.is_masked(db, submission.id),
        about=await about(db, submission),
        heard=consultation.state == State.CONSIDERING and await objections.hears(db, submission.id),
        late=(await submissions.late(db, consultation.id)).get(submission.id),
        withdrawal=await submissions.withdrawal(db, submission.id),
        attachments=await attached.of(db, submission.id),
        can_attach=rules.can(actor_of(request), Act.ATTACH, consultation, clock.now()),
        can_show=rules.can(actor_of(request), Act.ANSWER, consultation, clock.now()),
        files_max=FILES_MAX,
        can_take_back=rules.can(actor_of(request), Act.TAKE_BACK, consultation, clock.now()),
        places=gathered.places_of(submission.id) if gathered else [],
        reports=await progress.of_digest(db, gathered.digest.id) if gathered else {},
        statuses=STATUS_NAMES,
        tones=TONES,
    )


async def about(db: Database, submission: Submission) -> dict[str, object] | None:
    """Which version of the plan, which section and passage its author had before them."""
    found = await passages.of(db, submission.id)
    if found is None:
        return None
    kept = await versions.of(db, submission.consultation_id)
    plan = await notices.plan(db, submission.consultation_id)
    section = next((part for part in plan if part.id == submission.plan_section_id), None)
    if section and kept:
        read = kept[versions.holding(kept, found.plan_version, section.position) - 1]
        section = replace(section, heading=read.parts[section.position - 1].heading)
    return {"version": found.plan_version, "section": section, "passage": found.passage}


@refill(receipt)
async def take_back(request: Request) -> Response:
    consultation, number = await consultation_of(request), request.path_params["receipt"]
    form, shared = await read(request, TakingBack), site(request)
    await keep_pace(shared.db, "take_back", number)
    await taking_back.take_back(shared.db, shared.seal, actor_of(request), consultation.id, number, form)
    address = f"/consultations/{consultation.id}/submissions/{number}"
    return redirect(request, address, _("意見を取り下げました。"))


routes = [
    Route("/consultations/receipts", search),
    Route("/consultations/receipts", find, methods=["POST"]),
    Route("/consultations/{id:int}/submissions/{receipt}", receipt),
    Route("/consultations/{id:int}/submissions/{receipt}", take_back, methods=["POST"]),
]
