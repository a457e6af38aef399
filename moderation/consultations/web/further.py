"""The page on which a clerk says which groups answer an opinion besides the one in which it is counted."""

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.i18n import _
from forum.text import RowId
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill
from moderation.consultations.actions.answering_further import answer_further
from moderation.consultations.gathering import Answered
from moderation.consultations.queries.received import OpinionRow
from moderation.consultations.rules import Act, Consultation
from moderation.consultations.web.answering import being_considered
from moderation.consultations.web.desk import require_to_begin
from moderation.consultations.web.reading import frame


class Chosen(BaseModel):
    """The other groups that answer it; none when no box is ticked."""

    groups: Annotated[list[RowId], Field(default_factory=list, max_length=1_000)]


async def show(request: Request) -> Response:
    consultation, opinion, home, others = await of_opinion(request)
    require_to_begin(request, Act.ANSWER, consultation)
    return await page(
        request,
        "consultations/further.html",
        **frame(request, consultation),
        opinion=opinion,
        home=home,
        others=[(group, opinion in group.further) for group in others],
        form=getattr(request.state, "form", None) or Form(),
    )


@refill(show)
async def save(request: Request) -> Response:
    consultation, opinion, home, _others = await of_opinion(request)
    chosen = await read(request, Chosen)
    await answer_further(database(request), actor_of(request), consultation.id, opinion.id, chosen.groups)
    return redirect(request, f"/consultations/{consultation.id}/answers/{home.row.id}", _("保存しました。"))


async def of_opinion(request: Request) -> tuple[Consultation, OpinionRow, Answered, list[Answered]]:
    """An opinion that is in a group, its group, and the others."""
    consultation, gathered = await being_considered(request)
    home = gathered.home_of(path_id(request, "opinion"))
    if home is None:
        raise NotFound
    opinion = next(row for row in home.opinions if row.id == path_id(request, "opinion"))
    return consultation, opinion, home, [group for group in gathered.groups if group is not home]


ADDRESS = "/consultations/{id:int}/opinions/{opinion:int}/answers"
routes = [Route(ADDRESS, show), Route(ADDRESS, save, methods=["POST"])]
