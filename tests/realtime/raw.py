"""Websockets byte by byte (RFC 6455, section 5), right and wrong: what no library would send."""

import socket
import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlsplit

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = b"\x37\xfa\x21\x3d"


class Op(IntEnum):
    CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(
    op: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    declared: int | None = None,
    width: int = 0,
) -> bytes:
    """A frame as a client sends it; `declared` lies about its length, `width` takes more bytes for it than needed."""
    length = len(payload) if declared is None else declared
    head = bytes([fin << 7 | rsv << 4 | op])
    mask_bit = masked << 7
    if width == 8 or length >= 1 << 16:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", length)
    elif width == 2 or length > 125:
        head += bytes([mask_bit | 126]) + struct.pack("!H", length)
    else:
        head += bytes([mask_bit | length])
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(Op.CLOSE, struct.pack("!H", code) + reason)


def handshake(
    *lines: str | bytes,
    method: str = "GET",
    path: bytes = b"/live",
    version: str = "HTTP/1.1",
    without: tuple[str, ...] = (),
    **headers: str,
) -> bytes:
    """The opening request. `headers` replace those of the same name (`-` as `_`), `lines` come raw at the end."""
    usual = {
        "Host": "room.test", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    }  # fmt: skip
    usual |= {name.replace("_", "-"): value for name, value in headers.items()}
    written = [f"{name}: {value}".encode("latin-1") for name, value in usual.items() if name not in without]
    raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
    first = method.encode() + b" " + path + b" " + version.encode()
    return b"\r\n".join([first, *written, *raw, b"", b""])


@dataclass(frozen=True, slots=True)
class Heard:
    """A frame of the server."""

    op: int
    payload: bytes

    @property
    def code(self) -> int | None:
        return struct.unpack("!H", self.payload[:2])[0] if self.op == Op.CLOSE and self.payload else None


class Wire:
    """A TCP connection to a server."""

    def __init__(self, url: str, patience: float = 10.0) -> None:
        address = urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port or 80), timeout=patience)
        self._unread = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """As much as the server takes before it hangs up."""
        with suppress(ConnectionError, TimeoutError):  # what it said before is still to be read
            self.socket.sendall(data)

    def open(self, request: bytes | None = None) -> int:
        """The status of the answer to an opening request; 0 if there was none."""
        self.send(request or handshake())
        while b"\r\n\r\n" not in self._unread:
            if not self._more():
                return 0
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1])

    def heard(self) -> Iterator[Heard]:
        """Frames until the server says goodbye or hangs up. Raises TimeoutError if it does neither."""
        while (head := self._take(2)) is not None:
            assert not head[0] & 0x70, "reserved bits"
            assert not head[1] & 0x80, "servers do not mask"
            length = head[1]
            if length > 125:
                extended = self._take(2 if length == 126 else 8)
                assert extended is not None, "half a frame"
                length = int.from_bytes(extended)
            payload = self._take(length)
            assert payload is not None, "half a frame"
            yield Heard(head[0] & 0x0F, payload)
            if head[0] & 0x0F == Op.CLOSE:
                return

    def is_hung_up(self, within: float) -> bool:
        """Whether the server ends the connection; what it says is dropped."""
        self.socket.settimeout(within)
        with suppress(TimeoutError):
            while self._more():
                self._unread = b""
            return True
        return False

    def half_close(self) -> None:
        """Say no more, and listen still."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def abort(self) -> None:
        """Reset the connection, as by a machine that is gone."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _take(self, length: int) -> bytes | None:
        while len(self._unread) < length:
            if not self._more():
                assert not self._unread, "half a frame"
                return None
        taken, self._unread = self._unread[:length], self._unread[length:]
        return taken

    def _more(self) -> bool:
        try:
            data = self.socket.recv(65_536)
        except ConnectionError:
            return False
        self._unread += data
        return bool(data)


def answers(url: str, data: bytes) -> list[Heard]:
    """All that a server says on a connection of this much, to its end."""
    with Wire(url) as wire:
        assert wire.open() == 101
        wire.send(data)
        return list(wire.heard())


def endings(url: str, attacks: Sequence[bytes]) -> list[int | None]:
    """The code with which the server ends each of as many connections at once."""
    with ThreadPoolExecutor(len(attacks)) as threads:
        return [heard[-1].code for heard in threads.map(answers, [url] * len(attacks), attacks)]
