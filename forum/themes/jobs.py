"""The end of a proposal that found too few supporters."""

from typing import Any

from forum.jobs import Handler
from forum.themes import actions
from forum.web import Site


async def end_theme(site: Site, payload: dict[str, Any]) -> None:
    await actions.end(site.db, payload["topic_id"])


JOBS: dict[str, Handler] = {"end_theme": end_theme}
