"""What follows a post and need not be waited for; what comes due: results of polls, phases, and posts of earlier markup."""

from typing import Any

from forum.jobs import Handler
from forum.topics.actions import phasing
from forum.topics.actions.polling import seal_closed
from forum.topics.actions.rendering import render_anew
from forum.topics.actions.telling import about_post_to_watchers
from forum.web import Site


async def tell_watchers(site: Site, payload: dict[str, Any]) -> None:
    await about_post_to_watchers(site.db, payload["post_id"])


async def seal_polls(site: Site, payload: dict[str, Any]) -> None:
    await seal_closed(site.db)


async def render_posts(site: Site, payload: dict[str, Any]) -> None:
    await render_anew(site.db)


async def turn_phase(site: Site, payload: dict[str, Any]) -> None:
    await phasing.turn(site.db, payload["topic_id"])


async def turn_phases(site: Site, payload: dict[str, Any]) -> None:
    await phasing.turn_due(site.db)


JOBS: dict[str, Handler] = {
    "tell_watchers": tell_watchers,
    "turn_phase": turn_phase,
    "seal_poll": seal_polls,
}
HOURLY: dict[str, Handler] = {
    "seal_polls": seal_polls,
    "turn_phases": turn_phases,
    "render_posts": render_posts,
}
