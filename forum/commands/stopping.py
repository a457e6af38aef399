"""A web server that ends without dropping a request that a proxy has sent to it."""

import asyncio
import os
import socket

import uvicorn

# Between a connection and the request on it, also on a busy machine.
ARRIVAL_SECONDS = 0.3


class Server(uvicorn.Server):
    """uvicorn, but for its first step at the end: it would reset the connections that wait to be accepted and close
    those that have said nothing yet, and a proxy cannot ask for the same change again elsewhere."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """From now on whoever comes is refused, and asks elsewhere. Whoever came before is answered."""
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for connection in _stop_listening(server):
                await loop.connect_accepted_socket(self._protocol, connection)
        await asyncio.sleep(ARRIVAL_SECONDS)
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes one for each connection that it accepts itself."""
        kind = self.config.http_protocol_class
        return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]


def _stop_listening(server: asyncio.Server) -> list[socket.socket]:
    """The connections that waited to be accepted when it ended."""
    # Duplicates keep them, and the place they wait in, while the event loop lets go of its own.
    listeners = [socket.socket(fileno=os.dup(listener.fileno())) for listener in server.sockets]
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
