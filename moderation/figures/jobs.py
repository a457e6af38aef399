"""What is counted without anybody asking."""

from typing import Any

from forum import clock
from forum.jobs import Handler
from forum.web import Site
from moderation.figures import actions


async def recount(site: Site, payload: dict[str, Any]) -> None:
    """The first time in a day of the town's; every hour while something does not balance."""
    await actions.recount(site.db, site.renderer.local(clock.now()).date())


HOURLY: dict[str, Handler] = {"recount_room": recount}
