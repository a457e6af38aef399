"""What is done for the log without anybody asking."""

from typing import Any

from forum import clock
from forum.jobs import Handler
from forum.web import Site
from moderation.reviews import actions


async def publish_head(site: Site, payload: dict[str, Any]) -> None:
    """The first time in a day of the town's, and never again."""
    await actions.publish_head(site.db, site.renderer.local(clock.now()).date())


HOURLY: dict[str, Handler] = {"publish_log_head": publish_head}
