"""What happens around every request. Plain ASGI: database connections are bound to the task."""

import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_address, ip_network
from random import getrandbits
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum.access import GUEST, Actor
from forum.db import AWAY
from forum.errors import Forbidden
from forum.i18n import DEFAULT_LOCALE, _, use_locale
from forum.logs import loggable_path
from forum.rendering import static_root
from forum.settings import Networks, Settings
from forum.zones import use_zone

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FOR_EVER, NOT_KEPT = b"public, max-age=31536000, immutable", b"private, no-cache"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What no person waits for: files, and what watches us.
NOT_LOGGED = ("/static/", "/healthz", "/readyz", "/metrics")
# Mail programs press this button for their users from wherever they run; its address is the right to do so.
FROM_ANYWHERE = "/unsubscribe/"
LOCALE_COOKIE = "locale"


class RequestLog:
    """Gives every request an id, finds the real client address, at the end measures it and writes one log line."""

    def __init__(self, app: ASGIApp, settings: Settings, measure: Callable[[int, float], None]) -> None:
        self.app = app
        self.proxies = settings.trusted_proxies
        self.is_https = settings.served_over_https
        self.measure = measure
        # Made once: there is a line for every request.
        self.log = structlog.get_logger().bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        scope["client"] = self._client(scope)
        if self.is_https:  # the proxy speaks plainly to us, and addresses we write must not
            scope["scheme"] = "https" if scope["type"] == "http" else "wss"
        request_id = f"{getrandbits(64):016x}"
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        started, status = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])  # the log would tell the name of an HTTPStatus
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            if scope["type"] == "http" and not scope["path"].startswith(NOT_LOGGED):
                seconds = time.perf_counter() - started
                self.measure(status, seconds)
                self.log.info(
                    "request",
                    method=scope["method"],
                    path=loggable_path(scope["path"]),
                    status=status,
                    ms=round(seconds * 1000, 1),
                )

    def _client(self, scope: Scope) -> tuple[str, int]:
        """The address that spoke to us, or behind a trusted proxy the last one that the proxy vouches for."""
        host, port = scope.get("client") or ("127.0.0.1", 0)
        if not self.proxies:
            return host, port
        # Some proxies extend the visitor's own header, others add one of theirs below it.
        forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        while hops and is_in(host, self.proxies):
            host = hops.pop()
        return host, port


class SecurityHeaders:
    """The same protective headers on every answer, errors included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        headers = dict(SECURITY_HEADERS)
        if settings.served_over_https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        versioned = scope["path"].startswith(static_root())

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                added = [(b"cache-control", FOR_EVER if versioned else NOT_KEPT), *self.headers]
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in given)]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Addresses:
    """Refuses addresses that no text of the database can equal: those with a NUL in them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "\0" in scope["path"]:
            raise HTTPException(404)
        await self.app(scope, receive, send)


class BodyLimit:
    """Refuses bodies over the limit: announced ones before they are read, others where they pass it."""

    def __init__(self, app: ASGIApp, bytes_max: int, upload_bytes_max: int) -> None:
        self.app = app
        self.bytes_max = bytes_max
        self.upload_bytes_max = upload_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        # Whatever takes files has an address that ends so.
        most = self.upload_bytes_max if scope["path"].endswith("/files") else self.bytes_max
        announced, read = Headers(scope=scope).get("content-length", ""), 0
        if announced.isdecimal() and int(announced) > most:
            raise HTTPException(413)

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_within_limit, send)


class SameOrigin:
    """Refuses state changes that another site started in the visitor's browser.

    Browsers say where a request comes from in Sec-Fetch-Site, older ones in Origin or Referer. A request that
    says nothing and carries no cookie has no one's rights to abuse; with a cookie it is refused.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] not in SAFE_METHODS
            and not scope["path"].startswith(FROM_ANYWHERE)
            and not same_origin(Headers(scope=scope), over_https=scope["scheme"] == "https")
        ):
            raise Forbidden(
                _("ほかのサイトから送られた操作は受け付けません。この会議室の画面からお試しください。")
            )
        await self.app(scope, receive, send)


def same_origin(headers: Headers, *, over_https: bool) -> bool:
    """Whether the request comes from a page of this very site, as far as the browser tells. Where that is served over https,
    anybody on the way could have written a page that came in the clear."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    source = headers.get("origin") or headers.get("referer")
    if source is None:
        return "cookie" not in headers
    try:
        page = urlsplit(source)
    except ValueError:  # no address at all
        return False
    return page.netloc == headers.get("host") and (page.scheme == "https" or not over_https)


class Identify:
    """Puts the actor, their language and zone on every request and websocket."""

    def __init__(self, app: ASGIApp, identify: Callable[[HTTPConnection], Awaitable[Actor]]) -> None:
        self.app = app
        self.identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith("/static/"):
            return await self.app(scope, receive, send)
        connection = HTTPConnection(scope)
        use_locale(connection.cookies.get(LOCALE_COOKIE, DEFAULT_LOCALE))
        try:
            actor = await self.identify(connection)
        except AWAY as error:
            # Raised where pages are chosen: after the layers between have looked at it, what was typed may be given back.
            scope["unidentified"], actor = error, GUEST
        connection.state.actor = actor
        if actor.locale and LOCALE_COOKIE not in connection.cookies:
            use_locale(actor.locale)
        use_zone(actor.time_zone)
        await self.app(scope, receive, send)


def is_in(host: str, networks: Networks) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def client_address(request: HTTPConnection) -> str:
    """The visitor's network address: a key of pace limits, forgotten when they recover, and in no log.

    Of an IPv6 address only the network: one household has 2^64 addresses.
    """
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else host
