"""A web server that ends without dropping a request that a proxy has sent to it."""

import asyncio
import os
import socket
import sys
from contextlib import suppress

import uvicorn

from realtime.handshakes import PromptHandshakes

# From a connection to the head of the request on it, also on a busy machine; and between two looks.
ARRIVAL_SECONDS, LOOK_SECONDS = 2.0, 0.05
# Linux's SO_BINDTOIFINDEX, which Python does not name; and a number that no interface has.
BIND_TO_INTERFACE, NO_INTERFACE = 62, 2**31 - 1


class Server(uvicorn.Server):
    """uvicorn, but for its first step at the end: it would reset the connections that wait to be accepted and close
    those that have said nothing yet, and a proxy cannot ask for the same change again elsewhere."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """From now on whoever comes is refused, and asks elsewhere. Whoever came before is answered."""
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listener in _duplicates(server):
                with listener:
                    refuse_newcomers(listener)
        await asyncio.sleep(LOOK_SECONDS)  # whoever has begun to connect is let in
        for server in self.servers:
            for connection in _stop_listening(server):
                await loop.connect_accepted_socket(self._protocol, connection)
        end = loop.time() + ARRIVAL_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
        while self._is_about_to_hear() and loop.time() < end and not self.force_exit:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)
        await super().shutdown(sockets)

    def _is_about_to_hear(self) -> bool:
        connections = self.server_state.connections
        return any(isinstance(one, PromptHandshakes) and one.awaits_head for one in connections)

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes one for each connection that it accepts itself."""
        kind = self.config.http_protocol_class
        return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]  # uvicorn says no more of it than that it is a class


def refuse_newcomers(listener: socket.socket) -> None:
    """Whoever comes from now on is refused as if nobody listened; whoever came before, or is in the middle of it, still gets
    through. Without this, one who comes between the last look at who waits and the end of the listener is let in and cut off.

    A listener is asked only about what comes in by the interface that it is bound to. Where the system offers no such thing
    that moment stays: some microseconds.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, BIND_TO_INTERFACE, NO_INTERFACE)


def _duplicates(server: asyncio.Server) -> list[socket.socket]:
    return [socket.socket(fileno=os.dup(listener.fileno())) for listener in server.sockets]


def _stop_listening(server: asyncio.Server) -> list[socket.socket]:
    """The connections that waited to be accepted when it ended."""
    # Duplicates keep them, and the place they wait in, while the event loop lets go of its own.
    listeners = _duplicates(server)
    server.close()
    waited = []
    for listener in listeners:
        with listener:
            listener.setblocking(False)
            try:
                while True:
                    waited.append(listener.accept()[0])
            except BlockingIOError:
                continue
    return waited
