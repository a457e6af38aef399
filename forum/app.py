"""The composition root: an application is a value made from settings. Imported by nobody but the commands."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ExceptionHandler

import forum.accounts.jobs
import forum.accounts.live
import forum.accounts.web
import forum.guides.web
import forum.notifications.jobs
import forum.notifications.live
import forum.notifications.web
import forum.pace.jobs
import forum.posts.web
import forum.search.web
import forum.topics.live
import forum.topics.web
import moderation.consultations.web
import moderation.digests.jobs
import moderation.digests.live
import moderation.digests.web
import moderation.records.web
import moderation.reviews.jobs
import moderation.reviews.live
import moderation.reviews.web
import moderation.submissions.jobs
from forum import health
from forum.access import GUEST
from forum.db import Database, as_libpq
from forum.door import Door
from forum.errors import Conflict, Refusal, TooSoon
from forum.events import CHANNEL, Event
from forum.i18n import N_, _
from forum.jobs import Handler as JobHandler
from forum.jobs import Worker
from forum.live import Channel, Handler, Live, Room
from forum.metrics import Metrics, readable
from forum.middleware import (
    Addresses,
    BodyLimit,
    Identify,
    RequestLog,
    SameOrigin,
    SecurityHeaders,
    client_address,
)
from forum.rendering import STATIC, Renderer
from forum.sealed import Seal
from forum.settings import Settings
from forum.web import STATUS, Form, Site, page
from moderation.reviews.queries.queue import waiting
from realtime.broker import broker_at
from realtime.hub import Hub
from realtime.polling import polling_endpoint
from realtime.socket import live_endpoint

# A post has at most 4,000 characters; a digest's work bench sends a few thousand short fields.
BODY_BYTES_MAX = 1_000_000
GZIP_BYTES_MIN = 1_000

ROUTES: list[BaseRoute] = [
    *forum.accounts.web.routes,
    *forum.notifications.web.routes,
    *forum.posts.web.routes,
    *forum.topics.web.routes,
    *forum.search.web.routes,
    *forum.guides.web.routes,
    *moderation.digests.web.routes,
    *moderation.consultations.web.routes,
    *moderation.reviews.web.routes,
    *moderation.records.web.routes,
]
HOURLY: dict[str, JobHandler] = {
    **forum.accounts.jobs.HOURLY,
    **forum.pace.jobs.HOURLY,
    **moderation.reviews.jobs.HOURLY,
}
JOBS: dict[str, JobHandler] = {
    **forum.accounts.jobs.JOBS,
    **forum.notifications.jobs.JOBS,
    **moderation.submissions.jobs.JOBS,
    **moderation.digests.jobs.JOBS,
}
CHANNELS: dict[str, Channel] = {
    **forum.topics.live.CHANNELS,
    **forum.notifications.live.CHANNELS,
    **moderation.reviews.live.CHANNELS,
    **moderation.digests.live.CHANNELS,
}
HANDLERS: list[Mapping[type[Event], list[Handler]]] = [
    forum.accounts.live.HANDLERS,
    forum.topics.live.HANDLERS,
    forum.notifications.live.HANDLERS,
    moderation.reviews.live.HANDLERS,
    moderation.digests.live.HANDLERS,
]

# What a page of ours says about errors that no rule explains.
REASONS = {
    400: N_("送られた内容を読み取れませんでした。"),
    404: N_("お探しのページは見つかりませんでした。"),
    405: N_("この操作はできません。"),
    413: N_("送られたデータが大きすぎます。"),
    415: N_("この形式のデータは受け取れません。"),
    500: N_("サーバーで問題が起きました。しばらくしてから、もう一度お試しください。"),
}


def create_app(settings: Settings, db: Database, url: str) -> Starlette:
    """The whole site on a database. It connects, listens and works from its start-up to its shutdown."""
    site = make_site(settings, db)
    hub = Hub()
    room = Room(Live(site, hub), forum.accounts.web.identify, CHANNELS, _merged(HANDLERS))
    broker = broker_at(settings.broker_url, as_libpq(url), {CHANNEL: room.on_message}, hub.doubt)
    door = Door(live_endpoint(hub, room.identify, room.may_hear, room.catch_up), hub, settings)
    metrics = Metrics(db, hub, broker)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with db.opened(), broker, _working(site, url):
            yield

    app = Starlette(
        routes=[
            *ROUTES,
            WebSocketRoute("/live", door.enter),
            Route("/live", polling_endpoint(room.identify, room.may_hear, room.catch_up, client_address)),
            Route("/healthz", health.alive),
            Route("/readyz", health.readiness(lambda: broker.healthy)),
            Route("/metrics", readable(metrics, settings)),
            Route("/favicon.ico", icon),
            # Whatever version a page was made with: another process may be newer than this one.
            Mount("/static/{version}", StaticFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(RequestLog, settings=settings, measure=metrics.request),
            Middleware(SecurityHeaders, settings=settings),
            Middleware(GZipMiddleware, minimum_size=GZIP_BYTES_MIN),
            # Starlette has these two as its outermost and innermost layers. Here the page of an error gets
            # the headers and the log line of every page, and what the next layers refuse is a page too.
            Middleware(ServerErrorMiddleware, handler=failed),
            Middleware(ExceptionMiddleware, handlers=REFUSALS),
            Middleware(Identify, identify=forum.accounts.web.identify),
            Middleware(Addresses),
            Middleware(BodyLimit, bytes_max=BODY_BYTES_MAX),
            Middleware(SameOrigin),
        ],
        exception_handlers=REFUSALS,
        lifespan=lifespan,
    )
    app.state.site = site
    app.state.hub = hub
    return app


def make_site(settings: Settings, db: Database) -> Site:
    """What every request shares; also for commands and jobs without a web server."""
    return Site(settings, db, Renderer(settings), Seal(settings.secret()), waiting)


async def icon(request: Request) -> Response:
    """What browsers ask for where no page says otherwise, beside a table of open data for instance."""
    return FileResponse(STATIC / "favicon.ico", headers={"Cache-Control": "public, max-age=86400"})


async def refused(request: Request, error: Exception) -> Response:
    """The domain said no: its reason, with the status of its word."""
    assert isinstance(error, Refusal)
    status = next(STATUS[word] for word in type(error).__mro__ if word in STATUS)
    conflict = error if isinstance(error, Conflict) else None
    form: Form | None = getattr(request.state, "form", None)
    seconds = error.seconds if isinstance(error, TooSoon) else None
    response = await page(
        request,
        "error.html",
        status,
        reason=error.reason or _(REASONS.get(status, "")),
        seconds=seconds,
        theirs=conflict.theirs if conflict else None,
        yours=conflict.yours if conflict else form and form.value("body"),
    )
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


async def went_wrong(request: Request, error: Exception) -> Response:
    """The request itself cannot be served: no such address, method, or too much of it."""
    assert isinstance(error, HTTPException)
    response = await _error_page(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def failed(request: Request, error: Exception) -> Response:
    """A mistake of ours. The log has the traceback under the request's id; Starlette raises it on.

    The page is a guest's: the database may be what failed.
    """
    request.state.actor = GUEST
    return await _error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


async def _error_page(request: Request, status: int) -> Response:
    reason = _(REASONS[status]) if status in REASONS else ""
    return await page(request, "error.html", status, reason=reason, request_id=request.state.request_id)


REFUSALS: dict[type[Exception], ExceptionHandler] = {Refusal: refused, HTTPException: went_wrong}


@asynccontextmanager
async def _working(site: Site, url: str) -> AsyncIterator[None]:
    """Runs the background jobs beside the web server, unless the town runs `forum worker` apart."""
    if not site.settings.worker:
        yield
        return
    worker = Worker(site, url, JOBS, HOURLY)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await task


def _merged(tables: list[Mapping[type[Event], list[Handler]]]) -> dict[type[Event], list[Handler]]:
    merged: dict[type[Event], list[Handler]] = {}
    for table in tables:
        for kind, handlers in table.items():
            merged.setdefault(kind, []).extend(handlers)
    return merged
