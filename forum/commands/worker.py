"""`forum worker`: the background jobs, in a process of their own."""

import asyncio
import signal

from forum import logs, postgres
from forum.commands.context import prepare
from forum.db import connected
from forum.jobs import Worker
from forum.settings import Settings
from forum.site import make_site
from forum.slices import HOURLY, JOBS


async def work(settings: Settings) -> None:
    """Works until Ctrl-C or SIGTERM; jobs that run may finish."""
    logs.set_up(settings)
    with postgres.database_url(settings) as url:
        await prepare(url)
        async with connected(url, settings.time_zone) as db:
            site = make_site(settings, db)
            site.renderer.load()
            worker = Worker(site, url, JOBS, HOURLY)
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, worker.stop)
            await worker.run()
