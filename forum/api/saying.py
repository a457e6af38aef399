"""How the API answers, and how it refuses, in the words that programs know."""

from functools import wraps

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from forum.api.shapes import Json
from forum.errors import Refusal, TooSoon
from forum.i18n import _
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.web import STATUS, View, database

# Discourse's words for what went wrong.
ERROR_TYPES = {404: "not_found", 403: "invalid_access", 422: "invalid_parameters", 429: "rate_limit"}
# Whatever page asks: it learns what everybody may read.
ANYBODY = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class Said(JSONResponse):
    """Programs compare the whole of it."""

    media_type = "application/json; charset=utf-8"


def answering(view: View) -> View:
    """Refusals in Discourse's words, and nobody asks faster than the others can read."""

    @wraps(view)
    async def handler(request: Request) -> Response:
        try:
            await keep_pace(database(request), "api", client_address(request))
            response = await view(request)
        except Refusal as refusal:
            response = _refused(refusal)
        response.headers.update(ANYBODY)
        return response

    return handler


def _refused(refusal: Refusal) -> Response:
    status = next(STATUS[word] for word in type(refusal).__mro__ if word in STATUS)
    said: Json = {
        "errors": [refusal.reason or _("お探しのページは見つかりませんでした。")],
        "error_type": ERROR_TYPES[status],
    }
    if not isinstance(refusal, TooSoon):
        return Said(said, status)
    said["extras"] = {"wait_seconds": refusal.seconds}
    return Said(said, status, {"Retry-After": str(refusal.seconds)})
