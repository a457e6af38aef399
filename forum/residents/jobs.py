"""Forgetting numbers that nobody showed in time."""

from typing import Any

from forum.jobs import Handler
from forum.residents import actions
from forum.web import Site


async def forget_numbers(site: Site, payload: dict[str, Any]) -> None:
    await actions.forget_numbers(site.db)


HOURLY: dict[str, Handler] = {"forget_residence_numbers": forget_numbers}
