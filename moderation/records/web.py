"""/verify and /open-data: what a hash stands for, and everything that can be taken away and checked elsewhere."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forum import clock
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.proof import moment
from forum.topics import polling
from forum.web import actor_of, database, page, read, refill
from moderation.records import queries, tracing
from moderation.records.queries import published
from moderation.records.rules import KIND_NAMES, STRANDS_SHOWN, Question, Record
from moderation.reviews.queries import chain

# Numbers and hashes alone; any page may read them.
ANYBODY = {"Access-Control-Allow-Origin": "*"}


async def box(request: Request) -> Response:
    return await page(request, "records/verify.html", asked="", found=[], kinds=KIND_NAMES)


@refill(box)
async def verify(request: Request) -> Response:
    """Says what a hash stands for and shows the chain through it; the box alone as long as nothing is asked."""
    if not request.query_params.get("hash", "").strip():
        return await box(request)
    db, actor = database(request), actor_of(request)
    asked = (await read(request, Question)).hash
    # To recompute a digest is work: the pace of searching holds here, too.
    await keep_pace(db, "search", actor.id or client_address(request))
    records = await tracing.records(db, actor, asked)
    return await page(
        request,
        "records/verify.html",
        200 if records else 404,
        asked=asked,
        found=[await _with_strands(request, record) for record in records],
        kinds=KIND_NAMES,
    )


async def _with_strands(request: Request, record: Record) -> dict[str, object]:
    strands = (
        await queries.strands(database(request), record.kind, record.id, STRANDS_SHOWN + 1)
        if record.kind in queries.STRANDS_OF
        else []
    )
    return asdict(record) | {"strands": strands[:STRANDS_SHOWN], "more": len(strands) > STRANDS_SHOWN}


async def open_data(request: Request) -> Response:
    db = database(request)
    return await page(
        request,
        "records/open_data.html",
        counts=asdict(await queries.counts(db)),
        digests=await published.digests(db),
        maps=await published.maps(db),
        results=await published.results(db),
    )


async def head(request: Request) -> Response:
    """How much there is, and the newest hash of each kind. Whoever keeps old answers notices what disappears."""
    db = database(request)
    return JSONResponse(
        {
            "time": moment(clock.now()),
            "counts": asdict(await queries.counts(db)),
            "newest": {
                record.kind: {"id": record.id, "sha256": record.sha256, "time": moment(record.at)}
                for record in await queries.newest(db)
            },
        },
        headers=ANYBODY,
    )


async def log_heads(request: Request) -> Response:
    """The head of the public log on every day that there was one. A copy elsewhere proves that the log is the same."""
    heads = await chain.heads(database(request))
    said = [
        {
            "day": head.day.isoformat(),
            "number": head.number,
            "sha256": head.sha256,
            "time": moment(head.noted_at),
        }
        for head in heads
    ]
    return JSONResponse({"heads": said}, headers=ANYBODY)


async def polls(request: Request) -> Response:
    """Every poll that is over, as far as everybody may see it: what was asked, and the result."""
    found = await published.polls(database(request))
    said = [{**polling.document(poll, result), "sha256": result.sha256} for poll, result in found]
    return JSONResponse({"polls": said}, headers=ANYBODY)


routes = [
    Route("/verify", verify),
    Route("/open-data", open_data),
    Route("/open-data/head.json", head),
    Route("/open-data/log-heads.json", log_heads),
    Route("/open-data/polls.json", polls),
]
