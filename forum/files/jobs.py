"""Deleting what nobody came to use."""

from typing import Any

from forum.files import actions
from forum.jobs import Handler
from forum.web import Site


async def forget_unused(site: Site, payload: dict[str, Any]) -> None:
    """Uploads that stand in nothing after a day, and what a crash left behind."""
    await actions.forget_unused(site.db, site.storage)
    await actions.sweep(site.db, site.storage)


HOURLY: dict[str, Handler] = {"forget_unused_files": forget_unused}
