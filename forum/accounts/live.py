"""Changed rights end the sockets that were opened with the old ones."""

from forum.events import Event, RightsChanged
from forum.live import Handler, Live


async def judge_anew(live: Live, event: RightsChanged) -> None:
    live.hub.close_owner(str(event.account_id))


HANDLERS: dict[type[Event], list[Handler]] = {RightsChanged: [judge_anew]}
