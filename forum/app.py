"""The composition root: an application is a value made from settings. Imported by nobody but the commands."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from forum import health
from forum.accounts.web import SESSION_COOKIE, identify
from forum.db import Database, as_libpq
from forum.door import Door
from forum.error_pages import REFUSALS, failed
from forum.events import CHANNEL
from forum.files.rules import SENT_BYTES_MAX
from forum.guests import GuestsAlike
from forum.jobs import Worker
from forum.live import Live, Room, with_presence
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
from forum.pieces import GZIP_LEVEL
from forum.rendering import STATIC
from forum.routing import ByFirstWord
from forum.settings import Settings
from forum.site import make_site
from forum.slices import CHANNELS, HANDLERS, HOURLY, JOBS, LATER, ROUTES
from forum.topics.web.alike import Remembered
from forum.web import NOTICES, Site
from moderation.figures.watching import facts
from realtime.attendance import Attendance
from realtime.broker import Broker, Handlers, broker_at
from realtime.hub import Hub
from realtime.polling import polling_endpoint
from realtime.socket import live_endpoint

# A post has at most 4,000 characters; a digest's work bench sends a few thousand short fields.
BODY_BYTES_MAX = 1_000_000
# A file, and what is typed beside it.
UPLOAD_BYTES_MAX = SENT_BYTES_MAX + BODY_BYTES_MAX
GZIP_BYTES_MIN = 1_000
# The topic by which processes tell each other who is reading.
PRESENCE = "presence"


def create_app(settings: Settings, db: Database, url: str) -> Starlette:
    """The whole site on a database. It connects, listens and works from its start-up to its shutdown."""
    site = make_site(settings, db)
    hub = Hub()
    attendance = Attendance(hub, with_presence(CHANNELS))
    live = Live(site, hub, attendance)
    room = Room(live, identify, CHANNELS, HANDLERS)
    broker = _broker(site, hub, url, {CHANNEL: room.on_message, PRESENCE: attendance.hear})
    endpoint = live_endpoint(hub, room.identify, room.may_hear, room.catch_up, room.writes)
    door = Door(endpoint, hub, settings)
    metrics = Metrics(db, hub, broker, facts)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        site.renderer.load()
        async with (
            db.opened(),
            broker,
            attendance.kept(partial(broker.publish, PRESENCE)),
            _working(site, url),
            _loading(LATER),
        ):
            yield

    app = Starlette(middleware=_layers(site, metrics), exception_handlers=REFUSALS)
    app.router = ByFirstWord(
        [
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
        lifespan=lifespan,
    )
    app.state.site = site
    app.state.live = live
    return app


def _broker(site: Site, hub: Hub, url: str, handlers: Handlers) -> Broker:
    """What tells this process of changes: open pages through the handlers, kept answers ahead of them."""

    def doubt() -> None:
        site.kept.doubt()
        hub.doubt()

    broker = broker_at(site.settings.broker_url, as_libpq(url), handlers, doubt)
    broker.on_arrival = lambda topic, payload: site.kept.hear(payload) if topic == CHANNEL else None
    site.kept.hears = lambda: broker.healthy
    return broker


def _layers(site: Site, metrics: Metrics) -> list[Middleware]:
    """What every request goes through, outermost first."""
    return [
        Middleware(RequestLog, settings=site.settings, measure=metrics.request),
        Middleware(GuestsAlike, kept=site.kept, others=(SESSION_COOKIE, NOTICES)),
        Middleware(Remembered, site=site),
        Middleware(SecurityHeaders, settings=site.settings),
        Middleware(GZipMiddleware, minimum_size=GZIP_BYTES_MIN, compresslevel=GZIP_LEVEL),
        # Starlette has these two as its outermost and innermost layers. Here the page of an error gets
        # the headers and the log line of every page, and what the next layers refuse is a page too.
        Middleware(ServerErrorMiddleware, handler=failed),
        Middleware(ExceptionMiddleware, handlers=REFUSALS),
        Middleware(Identify, identify=identify),
        Middleware(Addresses),
        Middleware(BodyLimit, bytes_max=BODY_BYTES_MAX, upload_bytes_max=UPLOAD_BYTES_MAX),
        Middleware(SameOrigin),
    ]


async def icon(request: Request) -> Response:
    """What browsers ask for where no page says otherwise, beside a table of open data for instance."""
    return FileResponse(STATIC / "favicon.ico", headers={"Cache-Control": "public, max-age=86400"})


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


@asynccontextmanager
async def _loading(modules: Iterable[str]) -> AsyncIterator[None]:
    """Loads what few pages need beside the first answers, which need not wait for it. Whoever asked for it first would get it
    from the disk, where another release may lie by then."""
    task = asyncio.create_task(asyncio.to_thread(lambda: [*map(import_module, modules)]))
    try:
        yield
    finally:
        await task
