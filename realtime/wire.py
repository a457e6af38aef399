"""Ready-made websocket frames, straight to the transport.

The ordinary way of sending through ASGI frames every message anew for every socket, and costs two to three times
what writing it costs. uvicorn takes a protocol class of one's own (`uvicorn.Config(ws=RawFrames)`); this one offers
itself to the application in the extensions of the ASGI scope. Whoever serves the application otherwise loses
nothing but speed: see realtime/sending.py.
"""

from asyncio.transports import BaseTransport

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

# Where the application finds the connection: scope["extensions"][RAW_FRAMES].
RAW_FRAMES = "realtime.raw_frames"
# Above this many bytes waiting for the network, a reader is behind (the kernel's own buffer comes before).
HIGH_WATER = 1024 * 1024
# Senders stop before this; what makes us answer still, and reads no answer, is cut off.
FULL = 4 * HIGH_WATER
# Pieces of one message from a client. The limit of bytes does not count empty ones.
MAX_FRAGMENTS = 1024
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class RawFrames(WebSocketsSansIOProtocol):
    """A websocket connection whose transport others may write whole frames to, while `takes_frames` holds; it knows
    since when its reader has been behind."""

    # Whether a frame may be written without a second thought: open, and the reader keeps up.
    is_ready = True
    # False once either side is closing: nothing may follow that.
    takes_frames = True
    # The time of the event loop at which the write buffer went over HIGH_WATER; None while it is below.
    behind_since: float | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            # The application was only scheduled: it sees the scope as we leave it.
            self.scope["extensions"][RAW_FRAMES] = self  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated:
            # Nobody could read the request, and nobody else would say so.
            self.transport.write(b"".join(self.conn.data_to_send()) or BAD_REQUEST)
            self.transport.close()
        elif self.waiting > FULL:
            self.abort()
        if self.conn.state >= State.CLOSING:
            self.takes_frames = self.is_ready = False

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < MAX_FRAGMENTS:
            super().handle_cont(event)
        else:
            self._fail(CloseCode.MESSAGE_TOO_BIG)

    def send_receive_event_to_app(self) -> None:
        self.frames = [b"".join(self.frames)]
        if self.curr_msg_data_type == "text" and not _is_utf8(self.frames[0]):
            self._fail(CloseCode.INVALID_DATA)  # uvicorn would write a traceback to the log
        else:
            super().send_receive_event_to_app()

    def _fail(self, code: CloseCode) -> None:
        """End the connection as uvicorn does when a frame cannot be read."""
        self.frames = []
        if not self.close_sent:
            self.conn.fail(code)
            self.handle_parser_exception()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.takes_frames = self.is_ready = False

    def pause_writing(self) -> None:
        super().pause_writing()
        self.behind_since = self.loop.time()
        self.is_ready = False

    def resume_writing(self) -> None:
        super().resume_writing()
        self.behind_since = None
        self.is_ready = self.takes_frames

    @property
    def waiting(self) -> int:
        """Bytes that wait for the network."""
        return self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """End the connection now, with whatever waits."""
        self.transport.abort()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def text_frame(text: str) -> bytes:
    """A whole, unmasked text message, as a server sends it (RFC 6455, section 5)."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
