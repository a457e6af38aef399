"""Before words that may be personal data reach others, who wrote them is asked once, and nothing typed is lost."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from forum.errors import Invalid
from forum.screening.asking import POST, Readers, question
from forum.typed import typed
from forum.web import read

M = TypeVar("M", bound=BaseModel)

# The box that says: yes, this. Its value names the passages that the person was shown.
BOX = "public"
NOTHING: Mapping[str, str] = MappingProxyType({})


async def read_asking(
    request: Request,
    model: type[M],
    *fields: str,
    readers: Readers = POST,
    known: str = "",
    besides: Mapping[str, str] = NOTHING,
) -> M:
    """The form as a model, as `forum.web.read` gives it. Raises Invalid, with the question, unless the person has said
    yes to these very passages of the fields; what the readers know already is no question. `besides`: what else is wrong."""
    unanswered = {**await ask(request, *fields, readers=readers, known=known), **besides}
    try:
        found = await read(request, model)
    except Invalid as problem:
        raise Invalid(**problem.fields, **unanswered) from problem
    if unanswered:
        raise Invalid(**unanswered)
    return found


async def ask(request: Request, *fields: str, readers: Readers = POST, known: str = "") -> dict[str, str]:
    """Puts the question on the page that comes next; what is wrong until it is answered."""
    form = await typed(request)
    asked = question(*(str(form.get(name, "")) for name in fields), known=known, readers=readers)
    request.state.asked = asked
    return {BOX: asked.sentence} if asked and form.get(BOX) != asked.answer else {}
