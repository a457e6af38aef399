"""How a text will look, before it is sent: made by the very function that makes posts."""

from dataclasses import dataclass

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from forum.access import can_take_part, require
from forum.errors import Refusal
from forum.markup import calls_in, to_html
from forum.pace.actions import keep_pace
from forum.posts.actions import names_called
from forum.posts.calling import MENTIONS_MAX
from forum.posts.rules import Body
from forum.typed import texts
from forum.web import STATUS, Form, View, actor_of, database, fragment, read, refill, wants_fragment


class Previewed(BaseModel):
    body: Body


@dataclass(frozen=True, slots=True)
class Preview:
    """How a text will look, and what in it looks like a call but calls nobody."""

    html: str
    unheard: list[str]


def previewing(view: View) -> View:
    """The handler of a button beside a text: shows the form of `view` again, as typed, and how its text will look. A script
    is given that alone."""

    @refill(view)
    async def page(request: Request) -> Response:
        request.state.preview = await _preview(request)
        request.state.form = Form(await texts(request))
        return await view(request)

    async def handler(request: Request) -> Response:
        if not wants_fragment(request):
            return await page(request)
        try:
            return await fragment(request, "posts/_preview.html", preview=await _preview(request))
        except Refusal as refusal:
            return PlainTextResponse(refusal.reason, STATUS[type(refusal)])

    return handler


async def _preview(request: Request) -> Preview:
    require(can_take_part(actor_of(request)))
    await keep_pace(database(request), "preview", actor_of(request).id)
    body = (await read(request, Previewed)).body
    names = await names_called(database(request), body)
    unheard = [shown for shown, name in calls_in(body, names) if name not in names]
    return Preview(to_html(body, names), list(dict.fromkeys(unheard))[:MENTIONS_MAX])
