"""What happens to maps without anybody asking."""

from typing import Any

from forum.jobs import Handler
from forum.web import Site
from moderation.maps import actions


async def tend(site: Site, payload: dict[str, Any]) -> None:
    await actions.tend(site.db)


HOURLY: dict[str, Handler] = {"tend_maps": tend}
