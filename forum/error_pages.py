"""The pages of errors: what a rule refused, what cannot be served, and what went wrong. Programs are told in their words."""

from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ExceptionHandler
from starlette.websockets import WebSocket, WebSocketState

from forum import programs
from forum.access import GUEST
from forum.db import AWAY
from forum.errors import Conflict, Refusal, TooSoon
from forum.i18n import N_, _
from forum.text import visible, written
from forum.typed import texts, was_read
from forum.web import STATUS, Form, page

# What a page of ours says about errors that no rule explains.
REASONS = {
    400: N_("送られた内容を読み取れませんでした。"),
    404: N_("お探しのページは見つかりませんでした。"),
    405: N_("この操作はできません。"),
    413: N_("送られたデータが大きすぎます。"),
    415: N_("この形式のデータは受け取れません。"),
    500: N_("サーバーで問題が起きました。しばらくしてから、もう一度お試しください。"),
    503: N_("データベースとつながりません。まもなく戻ります。"),
}
# The time a PostgreSQL needs to start again, and a little more.
AWAY_SECONDS = 10
log = structlog.get_logger()


async def refused(request: Request, error: Exception) -> Response:
    """The domain said no: its reason, with the status of its word."""
    assert isinstance(error, Refusal)
    status = next(STATUS[word] for word in type(error).__mro__ if word in STATUS)
    conflict = error if isinstance(error, Conflict) else None
    seconds = error.seconds if isinstance(error, TooSoon) else None
    reason = error.reason or _(REASONS.get(status, ""))
    if programs.asks(request):
        response = programs.refusal(status, reason, seconds)
    else:
        response = await page(
            request,
            "error.html",
            status,
            reason=reason,
            seconds=seconds,
            theirs=conflict.theirs if conflict else None,
            yours=(conflict and conflict.yours) or await _words(request),
        )
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


async def _words(request: Request) -> str:
    """What was typed into a form that cannot be shown again, where the login has ended, say: its words, and nothing secret."""
    # What a layer before the pages refused may be of another site, and is not bounded yet.
    if request.method in ("GET", "HEAD") or "router" not in request.scope:
        return ""
    form: Form | None = getattr(request.state, "form", None)
    try:
        fields = form.values if form else await texts(request)
    except (HTTPException, ClientDisconnect):
        return ""  # it cannot be read
    return visible("\n\n".join(written(fields)))


async def went_wrong(request: Request, error: Exception) -> Response:
    """The request itself cannot be served: no such address, method, or too much of it."""
    assert isinstance(error, HTTPException)
    response = await _error_page(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def hung_up(request: Request, error: Exception) -> Response:
    """Whoever sent this left in the middle of it: nothing of it was kept, and nobody reads the answer."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def failed(request: Request, error: Exception) -> Response:
    """A mistake of ours. The log has the traceback under the request's id; Starlette raises it on.

    The page is a guest's: the database may be what failed.
    """
    request.state.actor = GUEST
    yours = await _words(request) if was_read(request) else ""
    return await _error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, yours)


async def away(request: Request | WebSocket, error: Exception) -> Response | None:
    """The database is not there just now. Nothing of the request was kept: it can be sent again."""
    log.error("database_away", path=request.url.path, error=repr(error))
    request.state.actor = GUEST
    if isinstance(request, WebSocket):
        # A page that had its connection was told to come back later when it ended.
        is_new = request.application_state is WebSocketState.CONNECTING
        return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE) if is_new else None
    response = await _error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, await _words(request))
    response.headers["Retry-After"] = str(AWAY_SECONDS)
    return response


async def _error_page(request: Request, status: int, yours: str = "") -> Response:
    reason = _(REASONS[status]) if status in REASONS else ""
    if programs.asks(request):
        return programs.refusal(status, reason)
    return await page(
        request, "error.html", status, reason=reason, yours=yours, request_id=request.state.request_id
    )


REFUSALS: dict[type[Exception], ExceptionHandler] = {
    Refusal: refused,
    HTTPException: went_wrong,
    ClientDisconnect: hung_up,
    **dict.fromkeys(AWAY, away),  # type: ignore[arg-type]  # Starlette knows handlers of one of the two, and calls this as both
}
