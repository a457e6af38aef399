"""Reminders of answers that a section owes."""

from typing import Any

from forum.jobs import Handler
from forum.web import Site
from moderation.city_answers import actions


async def remind(site: Site, payload: dict[str, Any]) -> None:
    await actions.remind(site.db)


HOURLY: dict[str, Handler] = {"remind_of_city_answers": remind}
