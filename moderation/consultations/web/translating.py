"""The page on which a clerk puts an answer into plain Japanese or English, beside the answer."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.errors import NotFound
from forum.i18n import _
from forum.web import Form, actor_of, database, page, read, redirect, refill
from moderation.consultations.actions.translating import translate
from moderation.consultations.rules import Act
from moderation.consultations.rules.reply import REPLY_LIMIT
from moderation.consultations.rules.variants import LANGUAGE_NAMES, Language, NewVariant
from moderation.consultations.web.answering import being_considered, group_of
from moderation.consultations.web.desk import require_to_begin
from moderation.consultations.web.reading import frame


async def show(request: Request) -> Response:
    consultation, gathered = await being_considered(request)
    require_to_begin(request, Act.TRANSLATE, consultation)
    found, language = group_of(request, gathered), request.path_params["language"]
    if language not in list(Language):
        raise NotFound
    written = next((each for each in found.variants if each.language == language), None)
    return await page(
        request,
        "consultations/variant.html",
        **frame(request, consultation),
        group=found,
        language=language,
        name=LANGUAGE_NAMES[Language(language)],
        written=written,
        limit=REPLY_LIMIT,
        form=getattr(request.state, "form", None) or Form({"body": [written.body]} if written else {}),
    )


@refill(show)
async def save(request: Request) -> Response:
    consultation, gathered = await being_considered(request)
    found, new = group_of(request, gathered), await read(request, NewVariant)
    await translate(database(request), actor_of(request), consultation.id, found.row.id, new)
    address = f"/consultations/{consultation.id}/answers/{found.row.id}"
    return redirect(request, address, _("保存しました。"))


ADDRESS = "/consultations/{id:int}/answers/{group:int}/variants/{language}"
routes = [Route(ADDRESS, show), Route(ADDRESS, save, methods=["POST"])]
