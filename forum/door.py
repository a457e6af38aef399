"""Who may open a live connection, how many, and until when. What they may hear is asked inside."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_network

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket

from forum import clock
from forum.access import Actor
from forum.middleware import client_address, is_in
from forum.settings import Settings
from forum.web import actor_of
from realtime.hub import Hub
from realtime.seats import Seats

# Every page that a person keeps open, on all their devices.
SOCKETS_PER_ACCOUNT = 50
# Nobody's address: a proxy that we were not told to trust, or ourselves.
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))

Endpoint = Callable[[WebSocket], Awaitable[None]]


class Door:
    """Stands before the endpoint of live connections."""

    def __init__(self, endpoint: Endpoint, hub: Hub, settings: Settings) -> None:
        self._endpoint = endpoint
        self._hub = hub
        self._settings = settings
        self._seats = Seats()

    async def enter(self, websocket: WebSocket) -> None:
        if self._settings.served_over_https and not _is_private(websocket):
            await websocket.close()
            return
        actor = actor_of(websocket)
        with self._seats.taken(self._most(websocket, actor)) as has_room:
            if has_room:
                await self._until_the_session_ends(websocket, actor)
            else:
                self._hub.counts.refused += 1
                await websocket.send_denial_response(PlainTextResponse("too many connections", 429))

    def _most(self, websocket: WebSocket, actor: Actor) -> dict[str, int]:
        most = {}
        if actor.id is not None:
            most[f"account {actor.id}"] = SOCKETS_PER_ACCOUNT
        if websocket.client is not None and not is_in(websocket.client.host, LOOPBACK):
            most[f"address {client_address(websocket)}"] = self._settings.sockets_per_address
        return most

    async def _until_the_session_ends(self, websocket: WebSocket, actor: Actor) -> None:
        """Then all connections of the account are judged anew: those of its other sessions come back."""
        if actor.session_ends is None:
            return await self._endpoint(websocket)
        seconds = (actor.session_ends - clock.now()).total_seconds()
        ending = asyncio.get_running_loop().call_later(seconds, self._hub.close_owner, str(actor.id))
        try:
            await self._endpoint(websocket)
        finally:
            ending.cancel()


def _is_private(websocket: WebSocket) -> bool:
    """Whether the page that asks came over https, as the site does: one that came without could be anybody's."""
    return websocket.headers.get("origin", "https://").lower().startswith("https://")
