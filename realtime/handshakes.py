"""Requests that take for ever to arrive: uvicorn waits for them as long as the peer likes."""

import asyncio
from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from realtime.answers import InOnePiece

# From the first byte of a connection or request to the last of its head. The slowest line needs less than this.
HEAD_SECONDS = 10.0
# Cookies, an address, what a browser says about itself: a few KiB. Nothing else bounds them.
HEAD_BYTES_MAX = 64 * 1024


class PromptHandshakes(HttpToolsProtocol):
    """An HTTP connection (the start of a websocket is one) that ends unless the head of each request comes soon, and whose
    answers leave in one piece."""

    _waiting: TimerHandle | None = None
    _heard = 0
    _is_in_message = False

    @property
    def awaits_head(self) -> bool:
        """Whether somebody connected, or began to ask, and has not said yet what."""
        return self._waiting is not None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        if self._waiting is None and not self._is_in_message:
            self._expect_head()
        super().data_received(data)
        if self._waiting is not None:
            self._heard += len(data)
            if self._heard > HEAD_BYTES_MAX:
                self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_message = True
        if self._waiting is None:  # it began right behind the one before
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_in_message = False

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.transport = InOnePiece(cycle.transport, self.loop)  # type: ignore[assignment]  # all it uses of one
        super()._start_asgi_task(cycle, app)

    def _expect_head(self) -> None:
        self._heard = 0
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
