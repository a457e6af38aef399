"""Reminders that nobody has to think of."""

from typing import Any

from forum.jobs import Handler
from forum.web import Site
from moderation.reminders import actions


async def remind(site: Site, payload: dict[str, Any]) -> None:
    await actions.remind(site.db, site.renderer.zone)


HOURLY: dict[str, Handler] = {"remind_of_what_is_late": remind}
