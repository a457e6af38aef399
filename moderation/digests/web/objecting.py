"""Hearing the authors: what each of them sees of the draft, and the list of objections with their answers."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.db import Database
from forum.drafts.web import sends_draft, written
from forum.errors import NotFound
from forum.i18n import _, _n
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill, site
from moderation.digests import covering
from moderation.digests.actions import objecting as actions
from moderation.digests.balancing import hindrances_of, ledger_of
from moderation.digests.hearing import standing_of
from moderation.digests.publication import heard_of
from moderation.digests.queries import digests, objections, opinions
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Digest, can_edit
from moderation.digests.rules import objecting as rules
from moderation.digests.rules.objecting import Answering, Author, Objecting, Opening
from moderation.digests.web.starting import digest_of
from moderation.digests.web.viewing import desk_of


async def yours(request: Request) -> Response:
    """Where the words of this person stand in the draft; nothing of it that is not theirs, but what is quoted beside them."""
    db, actor, digest = database(request), actor_of(request), await drafted(request)
    address = f"/digests/{digest.id}/yours"
    if actor.id is None:
        return redirect(request, f"/login?next={address}")
    mine = await opinions.of_person(db, digest.id, actor.id)
    found = await standing_of(db, digest, Author(actor.id), mine)
    if found is None:
        raise NotFound
    if digest.is_published:
        return redirect(request, f"/digests/{digest.id}")
    return await page(
        request,
        "digests/yours.html",
        **found,
        address=address,
        can_object=await actions.may_object(db, actor, digest),
        form=await written(request, f"objection:{digest.id}", Form()),
    )


@refill(yours)
@sends_draft
async def object_(request: Request) -> Response:
    words = await read(request, Objecting)
    await actions.file_objection(database(request), actor_of(request), path_id(request), words)
    place = f"/digests/{path_id(request)}/yours"
    return redirect(request, place, _("受け付けました。答えが出たら知らせます。"))


async def listing(request: Request) -> Response:
    """For the staff, to answer; once the digest is published for everybody, to read."""
    db, actor, digest = database(request), actor_of(request), await digest_of(request)
    window, now = await objections.window(db, digest.id), clock.now()
    can_open = rules.can_open_window(actor, digest, window)
    whole = window and rules.whole(window, await objections.times(db, digest.id))
    ready = can_open and not await hindrances_of(db, digest, await ledger_of(db, digest))
    today = now.astimezone(site(request).renderer.zone).date()
    return await page(
        request,
        "digests/objections.html",
        letters=len(await papers_of(db, digest)) if window and can_edit(actor, digest) else 0,
        digest=digest,
        desk=desk_of(actor, digest),
        window=whole,
        is_open=whole is not None and whole.is_open(now),
        objections=await objections.of(db, digest.id),
        can_open=can_open,
        ready=bool(ready),
        edits=can_edit(actor, digest),
        may_answer=lambda one: rules.can_answer_objection(actor, digest, one),
        answered=request.path_params.get("objection"),
        limit=rules.ANSWER_MAX,
        form=getattr(request.state, "form", None)
        or Form({"last_day": [(today + timedelta(days=rules.DAYS_PROPOSED)).isoformat()]}),
    )


async def papers_of(db: Database, digest: Digest) -> dict[int, list[Opinion]]:
    """What came on paper, by its submission: as many letters are to be sent."""
    said: dict[int, list[Opinion]] = {}
    if digest.consultation_id is not None and not digest.is_published:
        for one in await opinions.on_paper(db, digest.id, digest.consultation_id):
            said.setdefault(one.submission_id or 0, []).append(one)
    return said


async def letters(request: Request) -> Response:
    """To be printed for those whose opinions came on paper: each receipt on a sheet, with the own words alone."""
    db, digest = database(request), await digest_of(request)
    window = await objections.window(db, digest.id)
    require(can_edit(actor_of(request), digest))
    if window is None or digest.consultation_id is None or digest.is_published:
        raise NotFound
    said = await papers_of(db, digest)
    times = await objections.times(db, digest.id)
    return await page(
        request,
        "digests/letters.html",
        digest=digest,
        letters=[
            (mine, rules.window_for(window, times, Author(submission_id=number)))
            for number, mine in said.items()
        ],
        groups={group.id: group for group in await covering.points(db, digest.id)},
        sender=await objections.sender(db, digest.consultation_id),
        printed_at=clock.now(),
        address=site(request).settings.link("/consultations/receipts"),
    )


@refill(listing)
async def open_window(request: Request) -> Response:
    db, opening, zone = database(request), await read(request, Opening), site(request).renderer.zone
    n = await actions.open_window(db, actor_of(request), path_id(request), opening, zone)
    by_letter = len(await papers_of(db, await digest_of(request)))
    return back(request, _n("意見を書いた%(n)s人に知らせました。", n=n - by_letter))


@refill(listing)
async def answer(request: Request) -> Response:
    answering = await read(request, Answering)
    await actions.answer_objection(
        database(request), actor_of(request), path_id(request), path_id(request, "objection"), answering
    )
    return back(request, _("答えを送りました。"))


async def data(request: Request) -> Response:
    """The objections to a published digest and their answers, without names."""
    digest = await digest_of(request)
    if not digest.is_published:
        raise NotFound
    heard = await heard_of(database(request), digest.id)
    return JSONResponse(heard, headers={"Access-Control-Allow-Origin": "*"})


def back(request: Request, notice: str) -> Response:
    return redirect(request, f"/digests/{path_id(request)}/objections", notice)


async def drafted(request: Request) -> Digest:
    """The digest of the path, whoever asks: what is shown of it is the person's own."""
    found = await digests.digest(database(request), path_id(request))
    if found is None:
        raise NotFound
    return found


routes = [
    Route("/digests/{id:int}/yours", yours),
    Route("/digests/{id:int}/yours", object_, methods=["POST"]),
    Route("/digests/{id:int}/objections", listing),
    Route("/digests/{id:int}/objections/letters", letters),
    Route("/digests/{id:int}/objections.json", data),
    Route("/digests/{id:int}/objections", open_window, methods=["POST"]),
    Route("/digests/{id:int}/objections/{objection:int}", answer, methods=["POST"]),
]
