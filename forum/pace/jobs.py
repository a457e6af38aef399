"""Forgetting who acted when."""

from typing import Any

from forum import clock
from forum.jobs import Handler
from forum.pace import queries
from forum.web import Site


async def forget_idle(site: Site, payload: dict[str, Any]) -> None:
    """The keys hold network addresses: those whose limits have recovered are dropped."""
    await queries.forget_idle(site.db, now=clock.now())


HOURLY: dict[str, Handler] = {"forget_paces": forget_idle}
