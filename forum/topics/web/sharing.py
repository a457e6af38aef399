"""One page for all guests: made once, as long as what it depends on is the same."""

from collections.abc import Awaitable, Callable, Hashable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from forum.furigana import COOKIE as FURIGANA
from forum.i18n import current_locale
from forum.kept import Page
from forum.sizes import display_size
from forum.web import NOTICES, actor_of, site


async def for_guests(
    request: Request, depends_on: Hashable, make: Callable[[], Awaitable[Response]]
) -> Response:
    """The page as it was made for the guest before, where the request asks for nothing but one of the pages."""
    plain = request.method == "GET" and not {*request.query_params} - {"page"}
    if not plain or not actor_of(request).is_guest or NOTICES in request.cookies:
        return await make()
    key = (
        depends_on,
        request.url.query,
        current_locale(),
        request.cookies.get(FURIGANA) == "on",
        display_size(request),
    )
    kept = site(request).pages
    found = kept.find(key)
    if found is None:
        made = await make()
        found = kept.keep(key, bytes(made.body))
    return _sent(request, found)


def _sent(request: Request, page: Page) -> Response:
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return HTMLResponse(page.body)
    return HTMLResponse(page.compressed, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
