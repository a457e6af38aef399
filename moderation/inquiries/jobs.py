"""Reminders of inquiries that nobody has to think of."""

from typing import Any

from forum.jobs import Handler
from forum.web import Site
from moderation.inquiries import actions


async def remind(site: Site, payload: dict[str, Any]) -> None:
    await actions.remind(site.db)


HOURLY: dict[str, Handler] = {"remind_of_inquiries": remind}
