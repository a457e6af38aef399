"""`forum serve`: the web server, with an embedded database where none is set."""

import asyncio
import signal
import sys
from contextlib import suppress

import typer
import uvicorn

from forum import logs, postgres
from forum.app import create_app
from forum.commands.context import prepare
from forum.commands.stopping import Server
from forum.db import connected, database
from forum.settings import Settings
from realtime.handshakes import PromptHandshakes
from realtime.wire import RawFrames

# How long open requests may take to finish at the end.
GRACE_SECONDS = 5
# A frame from a browser is never larger than this (see realtime/protocol.py).
SOCKET_BYTES_MAX = 64 * 1024


def serve(settings: Settings, *, with_demo: bool = False) -> None:
    """Serves until Ctrl-C or SIGTERM, then closes sockets with a reason and stops the embedded database."""
    logs.set_up(settings)
    # uvicorn ends by raising the signal it got; as an exception it lets the database stop as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with postgres.database_url(settings) as url:
        asyncio.run(_prepare(settings, url, with_demo))
        config = uvicorn.Config(
            create_app(settings, database(url, settings.time_zone), url),
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http=PromptHandshakes,
            ws=RawFrames,
            ws_max_size=SOCKET_BYTES_MAX,
            # The same frame goes to every reader: compressing it for each of them is most of the work.
            ws_per_message_deflate=False,
            # Addresses of proxies are judged by our own middleware, from the settings.
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        typer.echo(f"{settings.address}  (Ctrl-C stops)")
        with suppress(KeyboardInterrupt):
            Server(config).run()


async def _prepare(settings: Settings, url: str, with_demo: bool) -> None:
    await prepare(url)
    if with_demo:
        from forum.commands import demo  # a town of its own never needs it

        async with connected(url, settings.time_zone) as db:
            await demo.fill(db, settings)
            await demo.show_logins(db)
