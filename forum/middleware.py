"""What happens around every request. Plain ASGI: database connections are bound to the task."""

import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum.access import Actor
from forum.i18n import DEFAULT_LOCALE, use_locale
from forum.settings import Settings

log = structlog.get_logger()

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
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOCALE_COOKIE = "locale"


class RequestLog:
    """Gives every request an id, finds the real client address, writes one log line at the end."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        scope["client"] = self._client(scope)
        request_id = uuid4().hex[:16]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        started, status = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            if scope["type"] == "http" and not scope["path"].startswith(("/static/", "/healthz")):
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )

    def _client(self, scope: Scope) -> tuple[str, int]:
        """The address that spoke to us, or behind a trusted proxy the last one that the proxy vouches for."""
        host, port = scope.get("client") or ("127.0.0.1", 0)
        forwarded = Headers(scope=scope).get("x-forwarded-for", "")
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        while hops and self._trusts(host):
            host = hops.pop()
        return host, port

    def _trusts(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self.settings.trusted_proxies)


class SecurityHeaders:
    """The same protective headers on every answer, errors included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = dict(SECURITY_HEADERS)
        if settings.served_over_https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        versioned = scope["path"].startswith("/static/") and b"v=" in scope["query_string"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                headers.setdefault(
                    "Cache-Control",
                    "public, max-age=31536000, immutable" if versioned else "private, no-cache",
                )
            await send(message)

        await self.app(scope, receive, send_with_headers)


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
            and not same_origin(Headers(scope=scope))
        ):
            refusal = Response("Cross-origin request refused.\n", 403, media_type="text/plain")
            return await refusal(scope, receive, send)
        await self.app(scope, receive, send)


def same_origin(headers: Headers) -> bool:
    """Whether the request comes from a page of this very site, as far as the browser tells."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    source = headers.get("origin") or headers.get("referer")
    if source is not None:
        return urlsplit(source).netloc == headers.get("host")
    return "cookie" not in headers


class Identify:
    """Puts the actor and their language on every request and websocket."""

    def __init__(self, app: ASGIApp, identify: Callable[[HTTPConnection], Awaitable[Actor]]) -> None:
        self.app = app
        self.identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith("/static/"):
            return await self.app(scope, receive, send)
        connection = HTTPConnection(scope)
        use_locale(connection.cookies.get(LOCALE_COOKIE, DEFAULT_LOCALE))
        actor = await self.identify(connection)
        connection.state.actor = actor
        if actor.locale and LOCALE_COOKIE not in connection.cookies:
            use_locale(actor.locale)
        await self.app(scope, receive, send)


def client_address(request: Request) -> str:
    """The visitor's network address: a key of pace limits, forgotten when they recover, and in no log."""
    return request.client.host if request.client else "unknown"
