"""The published result: pages, and the same as files. Before that: where it stands, and no number."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.errors import NotFound
from forum.posts.diffing import diff
from forum.web import Form, actor_of, database, page, path_id, site
from moderation.consultations import rules
from moderation.consultations.actions.answering import GROUPS_PER_PAGE, place
from moderation.consultations.composing import compose
from moderation.consultations.exports import bundle, json
from moderation.consultations.exports.bundle.reading import read as read_bundle
from moderation.consultations.exports.files import FILES
from moderation.consultations.gathering import gather
from moderation.consultations.queries import progress
from moderation.consultations.results import WAYS, Result
from moderation.consultations.rules import Act, Consultation, State
from moderation.consultations.rules.progress import STATUS_NAMES, TONES, fiscal_year
from moderation.consultations.web.reading import consultation_of, frame


async def results(request: Request) -> Response:
    consultation = await consultation_of(request)
    result = await result_of(request, consultation)
    if result is None:
        return await page(request, "consultations/awaiting.html", **frame(request, consultation))
    last = max(1, -(-len(result.groups) // GROUPS_PER_PAGE))
    number = page_number(request, last)
    first = (number - 1) * GROUPS_PER_PAGE
    return await page(
        request,
        "consultations/results.html",
        **frame(request, consultation),
        result=result,
        groups=result.groups[first : first + GROUPS_PER_PAGE],
        number=number,
        last=last,
        place=place,
        diff=diff,
        ways=WAYS,
        reasons=reasons(result),
    )


async def contents(request: Request) -> Response:
    """All groups by name, for results that fill more than one page."""
    consultation = await consultation_of(request)
    result = await published(request, consultation)
    return await page(
        request, "consultations/contents.html", **frame(request, consultation), result=result, place=place
    )


async def group(request: Request) -> Response:
    """Every opinion of one group, word for word."""
    consultation = await consultation_of(request)
    result = await published(request, consultation)
    number = path_id(request, "number")
    found = next((each for each in result.groups if each.number == number), None)
    if found is None:
        raise NotFound
    return await page(
        request,
        "consultations/result_group.html",
        **frame(request, consultation),
        result=result,
        group=found,
        reports=await progress.of_group(database(request), found.id),
        statuses=STATUS_NAMES,
        tones=TONES,
        can_report=rules.can(actor_of(request), Act.REPORT, consultation, clock.now()),
        year=fiscal_year(site(request).renderer.local(clock.now())),
        form=getattr(request.state, "form", None) or Form(),
        place=place,
        diff=diff,
        ways=WAYS,
    )


async def set_aside(request: Request) -> Response:
    consultation = await consultation_of(request)
    result = await published(request, consultation)
    return await page(
        request, "consultations/set_aside.html", **frame(request, consultation), result=result, ways=WAYS
    )


async def file(request: Request) -> Response:
    """The result as a document; for the section also before publication, marked as a draft."""
    kind, consultation = request.path_params["kind"], await consultation_of(request)
    if kind not in FILES:
        raise NotFound
    media_type, export = FILES[kind]
    if kind == "json" and consultation.state != State.PUBLISHED:
        content = nothing_yet(request, consultation)
    else:
        content = await asyncio.to_thread(export, await published(request, consultation))
    disposition = f'attachment; filename="results-{consultation.id}.{kind}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


async def everything(request: Request) -> Response:
    """All files and what is needed to check them, once it is published."""
    consultation = await consultation_of(request)
    if consultation.state != State.PUBLISHED:
        raise NotFound
    shared = site(request)
    found = await read_bundle(shared.db, consultation, shared.settings.link, shared.renderer.zone)
    if found is None:
        raise NotFound
    content = await asyncio.to_thread(bundle.export, *found)
    headers = {"Content-Disposition": f'attachment; filename="results-{consultation.id}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


def nothing_yet(request: Request, consultation: Consultation) -> bytes:
    """Machines get an answer also before there is one, with null where a number will be."""
    url = site(request).settings.link(f"/consultations/{consultation.id}/results")
    return json.unpublished(consultation, url, clock.now())


async def published(request: Request, consultation: Consultation) -> Result:
    """The result that this reader may see. Raises NotFound while there is none."""
    result = await result_of(request, consultation)
    if result is None:
        raise NotFound
    return result


async def result_of(request: Request, consultation: Consultation) -> Result | None:
    """The result for everybody once published; for its section as soon as every group is answered."""
    early = consultation.state == State.CONSIDERING and rules.runs(actor_of(request), consultation)
    if consultation.state != State.PUBLISHED and not early:
        return None
    shared = site(request)
    gathered = await gather(shared.db, consultation.id)
    if gathered is None or gathered.lacking:
        return None
    return await compose(shared.db, consultation, gathered, shared.settings.link, shared.renderer.zone)


def reasons(result: Result) -> list[tuple[str, int]]:
    """Why opinions were set aside, with how many for each reason."""
    counted: dict[str, int] = {}
    for opinion in result.set_aside:
        counted[opinion.reason] = counted.get(opinion.reason, 0) + 1
    return sorted(counted.items(), key=lambda reason: -reason[1])


def page_number(request: Request, last: int) -> int:
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    if not 1 <= number <= last:
        raise NotFound
    return number


routes = [
    Route("/consultations/{id:int}/results", results),
    Route("/consultations/{id:int}/results/groups", contents),
    Route("/consultations/{id:int}/results/groups/{number:int}", group),
    Route("/consultations/{id:int}/results/set-aside", set_aside),
    Route("/consultations/{id:int}/results.zip", everything),
    Route("/consultations/{id:int}/results.{kind}", file),
]
