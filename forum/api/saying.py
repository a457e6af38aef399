"""How the API answers: the same to everybody, and no faster than the others can read. How it refuses is in forum/programs.py."""

from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from forum.i18n import DEFAULT_LOCALE, use_locale
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.programs import ANYBODY
from forum.web import View, database


def answering(view: View) -> View:
    @wraps(view)
    async def handler(request: Request) -> Response:
        use_locale(DEFAULT_LOCALE)
        await keep_pace(database(request), "api", client_address(request))
        response = await view(request)
        response.headers.update(ANYBODY)
        return response

    return handler
