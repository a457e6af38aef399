"""Asking a model from the desk, taking what it suggests into the form, and all that it was asked and said as data."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.i18n import _n
from forum.web import Form, actor_of, database, path_id, read, refill, site
from moderation.digests import covering
from moderation.digests.actions import suggesting as actions
from moderation.digests.publication import suggested_of
from moderation.digests.queries import suggestions
from moderation.digests.rules.suggesting import Kind, Wanted, can_ask
from moderation.digests.web.sorting import back, bench
from moderation.digests.web.starting import digest_of
from moderation.provider import Endpoint, endpoint_of


@refill(bench)
async def ask(request: Request) -> Response:
    wanted = await read(request, Wanted)
    n = await actions.ask(database(request), actor_of(request), endpoint(request), path_id(request), wanted)
    return back(request, _n("%(n)s件の論点について、自動の案を聞いています。", n=n))


async def fill(request: Request) -> Response:
    """The bench with a suggestion in the form of its group, where a person looks at it and saves it or does not."""
    db, digest = database(request), await digest_of(request)
    number = path_id(request, "group")
    group = next((one for one in await covering.points(db, digest.id) if one.id == number), None)
    if group and can_ask(actor_of(request), digest, endpoint(request), Kind.WORDS):
        for one in await suggestions.for_groups(db, digest.id, [group.id]):
            if one.found:
                words = {"title": one.found["title"], "theme": group.theme, "summary": one.found["summary"]}
                request.state.form = Form({name: [text] for name, text in words.items()})
                return await bench(request)
    return back(request, None, f"#group-{number}")


async def data(request: Request) -> Response:
    """All that a model was asked for a published digest, word for word, and what it answered."""
    digest = await digest_of(request)
    if not digest.is_published:
        raise NotFound
    asked = await suggested_of(database(request), digest.id)
    return JSONResponse(asked, headers={"Access-Control-Allow-Origin": "*"})


def endpoint(request: Request) -> Endpoint | None:
    return endpoint_of(site(request).settings)


routes = [
    Route("/digests/{id:int}/suggestions", ask, methods=["POST"]),
    Route("/digests/{id:int}/suggestions.json", data),
    Route("/digests/{id:int}/groups/{group:int}/suggestion", fill),
]
