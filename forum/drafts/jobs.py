"""Forgetting drafts to which nobody came back."""

from typing import Any

from forum.drafts import actions
from forum.jobs import Handler
from forum.web import Site


async def forget(site: Site, payload: dict[str, Any]) -> None:
    await actions.forget(site.db)


HOURLY: dict[str, Handler] = {"forget_drafts": forget}
