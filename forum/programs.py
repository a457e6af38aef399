"""What programs are answered under their own address: JSON, and refusals in the words that Discourse has for them."""

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from forum.routing import first_word

ROOT = "/api"
# Discourse's words for what went wrong; it has none for the rest.
ERROR_TYPES = {404: "not_found", 403: "invalid_access", 422: "invalid_parameters", 429: "rate_limit"}
# Whatever page asks, with whatever header: it learns what everybody may read.
ANYBODY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Said(JSONResponse):
    """Programs compare the whole of it."""

    media_type = "application/json; charset=utf-8"


def asks(request: HTTPConnection) -> bool:
    """Whether it is a program that asks."""
    return f"/{first_word(request.url.path)}" == ROOT


def refusal(status: int, reason: str, seconds: int | None = None) -> Response:
    """`seconds` until it may be asked again, if it was too fast."""
    extras = {} if seconds is None else {"extras": {"wait_seconds": seconds}}
    return Said({"errors": [reason], "error_type": ERROR_TYPES.get(status), **extras}, status, ANYBODY)
