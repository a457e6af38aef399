"""The page on which an opinion is cut anew: its whole source, sentence by sentence."""

from bisect import bisect_right

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.errors import NotFound
from forum.i18n import _
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill
from moderation.digests import actions, rules
from moderation.digests.queries import cuts
from moderation.digests.queries.cuts import Taken
from moderation.digests.recutting import sentences_of
from moderation.digests.rules import Cutting
from moderation.digests.web.starting import digest_of


async def show(request: Request) -> Response:
    db, digest, opinion_id = database(request), await digest_of(request), path_id(request, "opinion")
    require(rules.can_sort(actor_of(request), digest))
    source = await cuts.source(db, digest.id, opinion_id)
    if source is None:
        raise NotFound
    if not source.is_current:
        return redirect(
            request, f"/digests/{digest.id}/edit", _("もとの発言が変わりました。先に取り込み直してください。")
        )
    taken = await cuts.of_source(db, digest.id, source)
    chosen = next((at for at, one in enumerate(taken) if one.id == opinion_id), None)
    if chosen is None:  # a colleague cut it away meanwhile
        raise NotFound
    return await page(
        request,
        "digests/cut.html",
        digest=digest,
        opinion=taken[chosen],
        source=source,
        sentences=[
            (start, end, source.shown[start:end], belongs(taken, start))
            for start, end in sentences_of(source.words)
        ],
        before=taken[chosen - 1] if chosen else None,
        after=taken[chosen + 1] if chosen + 1 < len(taken) else None,
        form=getattr(request.state, "form", None) or Form(),
    )


def belongs(taken: list[Taken], at: int) -> Taken | None:
    """The span in which a sentence begins."""
    place = bisect_right([one.start_at for one in taken], at) - 1
    return taken[place] if place >= 0 and at < taken[place].end_at else None


@refill(show)
async def cut(request: Request) -> Response:
    cutting, opinion_id = await read(request, Cutting), path_id(request, "opinion")
    await actions.cut(database(request), actor_of(request), path_id(request), opinion_id, cutting)
    place = f"/digests/{path_id(request)}/opinions/{opinion_id}/cut"
    return redirect(request, place, _("意見を切り直しました。"))


routes = [
    Route("/digests/{id:int}/opinions/{opinion:int}/cut", show),
    Route("/digests/{id:int}/opinions/{opinion:int}/cut", cut, methods=["POST"]),
]
