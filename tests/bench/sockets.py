"""Thousands of websockets held cheaply, each checked to hear everything: `async with a_crowd() as crowd`.

A crowd is a process of its own that is told what to do, one JSON object per line, and answers likewise. It has
one epoll and no event loop: a frame costs one `recv`, one comparison with the frame before (all sockets of a
channel get the same bytes) and one time stamp. A socket that hears a number out of turn is `wrong`.
"""

import json
import os
import select
import socket
import struct
import sys
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

PONG, CLOSE, PING = 0x8A, 0x88, 0x89
# Ports of one address run out at about 28,000; the whole of 127/8 is this machine.
ADDRESSES = [f"127.0.0.{n}" for n in range(2, 10)]
AT_ONCE = 100
MEANINGS_MAX = 1_000
ASK_EVERYONE_EVERY = 0.5


@dataclass(slots=True)
class Said:
    """What a frame says, as far as a reader of one numbered channel needs to know."""

    type: str
    numbers: tuple[int, ...] = ()
    upto: int | None = None


@dataclass(slots=True, eq=False)
class Line:
    """One socket: what has come of an unfinished frame, and the number it holds."""

    socket: socket.socket
    hello: bytes
    connected: bool = False
    answered: bool = False
    held: int | None = None
    early: tuple[int, ...] = ()
    rest: bytes = b""


class Crowd:
    """All sockets of the process, and what they have heard."""

    def __init__(self) -> None:
        self.epoll = select.epoll()
        self.lines: dict[int, Line] = {}
        self.counts: Counter[str] = Counter()
        self.times: dict[int, array[float]] = {}
        self.wrong: list[str] = []
        self.every = 0.0
        self._swept = self._asked = 0.0
        self._last: tuple[bytes, list[Said]] = (b"", [])
        self._meanings: dict[bytes, Said] = {}

    # What the crowd can be told to do.

    def join(self, ports: list[int], sockets: int, channels: dict[str, int | None]) -> dict[str, Any]:
        """Open that many more sockets, spread over the ports, and subscribe each; a few at a time."""
        started, before = time.monotonic(), len(self.lines)
        hello, waiting = _masked(json.dumps({"type": "subscribe", "channels": channels})), list[Line]()
        opened = 0
        while opened < sockets or waiting:
            while opened < sockets and len(waiting) < AT_ONCE:
                waiting.append(self._dial(ports[opened % len(ports)], opened, hello))
                opened += 1
            self.step(1.0)
            waiting = [line for line in waiting if not line.answered and line.socket.fileno() >= 0]
            if time.monotonic() - started > 30 + sockets / 100:
                raise TimeoutError(f"{len(waiting)} sockets get no answer")
        joined = len(self.lines) - before
        if joined < sockets:
            raise ConnectionError(
                f"{joined} of {sockets} sockets joined: {dict(self.counts)} {self.wrong[:3]}"
            )
        return {"joined": joined, "seconds": time.monotonic() - started}

    def leave(self, sockets: int) -> dict[str, Any]:
        """Hang up without a word: the first that came."""
        for line in list(self.lines.values())[:sockets]:
            self._hang_up(line, "left")
        return {"sockets": len(self.lines)}

    def hear(self, number: int, seconds: float = 30.0) -> dict[str, Any]:
        """Wait until every socket holds the number; when each number since the last question was heard."""
        end = time.monotonic() + seconds
        while self._is_awaiting(number) and time.monotonic() < end:
            self.step(min(0.5, self.every or 0.5))
        late = self._later_than(number)
        heard = {n: _spread(times) for n, times in sorted(self.times.items())}
        self.times = {}
        return {"late": late, "heard": heard, "wrong": self.wrong[:5], "sockets": len(self.lines)}

    def read(self, every: float) -> dict[str, Any]:
        """From now on read all sockets once in so many seconds (0: as soon as something comes). A pile of
        frames is one `recv`, so a crowd that is only there to be written to costs little; and as readers have machines
        of their own, it takes the time that nobody else wants."""
        self.every = every
        os.nice(19 if every else 0)
        return {}

    def report(self) -> dict[str, Any]:
        """What has been since the start; the processor time of this process with it."""
        return {
            "cpu": time.process_time(),
            "sockets": len(self.lines),
            **self.counts,
            "wrong": self.wrong[:5],
        }

    # How it reads.

    def step(self, seconds: float) -> bool:
        """Read what has come, waiting at most so long; whether the parent wants something."""
        if self.every and all(line.answered for line in self.lines.values()):
            return self._sweep(seconds)
        asked = False
        for fd, _ in self.epoll.poll(seconds, 4096):
            line = self.lines.get(fd)
            asked = asked or fd == sys.stdin.fileno()
            if line is not None and not line.connected:
                self._greet(line)
            elif line is not None:
                self._hear(line)
        return asked

    def _sweep(self, seconds: float) -> bool:
        asked = bool(select.select([sys.stdin], [], [], seconds)[0])
        if time.monotonic() - self._swept >= self.every:
            self._swept = time.monotonic()
            for line in list(self.lines.values()):
                self._hear(line)
        return asked

    def _dial(self, port: int, n: int, hello: bytes) -> Line:
        sock = socket.socket()
        sock.setblocking(False)
        # Hang up with a reset: no port waits for stray packets afterwards.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.bind((ADDRESSES[n % len(ADDRESSES)], 0))
        sock.connect_ex(("127.0.0.1", port))
        line = self.lines[sock.fileno()] = Line(sock, hello)
        self.epoll.register(sock, select.EPOLLOUT)
        return line

    def _greet(self, line: Line) -> None:
        line.connected = True
        host = "{}:{}".format(*line.socket.getpeername())
        line.socket.send(
            f"GET /live HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.epoll.modify(line.socket, select.EPOLLIN)

    def _hear(self, line: Line) -> None:
        try:
            data = line.socket.recv(262_144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up(line, "lost")
            return
        self.counts["bytes"] += len(data)
        if line.hello:
            data = self._handshake(line, line.rest + data)
        elif line.rest:
            data = line.rest + data
        elif data == self._last[0]:
            for said in self._last[1]:
                self._take(line, said)
            return
        said_here = list[Said]()
        end = 0
        for opcode, payload, end in _frames(data):  # noqa: B007 - the end is that of the last whole frame
            if opcode in (PING, CLOSE):
                self._control(line, opcode, payload)
            else:
                said_here.append(self._meaning(payload))
                self._take(line, said_here[-1])
        line.rest = data[end:]
        if said_here and end == len(data) and data[0] not in (PING, CLOSE):
            self._last = (data, said_here)

    def _handshake(self, line: Line, data: bytes) -> bytes:
        head, found, data = data.partition(b"\r\n\r\n")
        if not found:
            line.rest = head
            return b""
        if b" 101 " not in head[:20]:
            self.wrong.append(head[:100].decode())
            self._hang_up(line, "refused")
            return b""
        line.socket.send(line.hello)
        line.hello = line.rest = b""
        return data

    def _control(self, line: Line, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            line.socket.send(bytes([PONG, 0x80 | len(payload)]) + bytes(4) + payload)
        else:
            self.counts[f"closed with {int.from_bytes(payload[:2], 'big')}"] += 1

    def _meaning(self, payload: bytes) -> Said:
        if len(self._meanings) > MEANINGS_MAX:
            self._meanings.clear()
        return self._meanings.get(payload) or self._meanings.setdefault(payload, _read(payload))

    def _take(self, line: Line, said: Said) -> None:
        self.counts[said.type] += 1
        numbers = said.numbers
        if said.type in ("caught_up", "resync", "refused"):
            line.answered = True
            if said.upto is not None:
                line.held = max(line.held or 0, said.upto)
            numbers, line.early = line.early, ()
        elif not line.answered:
            # Live before the answer about the past, which may or may not cover it.
            line.early += numbers
            return
        now = time.monotonic()
        for number in numbers:
            if line.held is not None and number <= line.held:
                self.counts["doubled"] += 1
                continue
            if line.held is not None and number != line.held + 1:
                self.wrong.append(f"{number} after {line.held}")
            line.held = number
            self.times.setdefault(number, array("d")).append(now)

    def _is_awaiting(self, number: int) -> bool:
        # Most hear it as a delta, and those are counted. Whoever caught up is found by asking everyone.
        if len(self.times.get(number, ())) >= len(self.lines):
            return False
        if time.monotonic() - self._asked < ASK_EVERYONE_EVERY:
            return True
        self._asked = time.monotonic()
        return self._later_than(number) > 0

    def _later_than(self, number: int) -> int:
        return sum(line.held is None or line.held < number for line in self.lines.values())

    def _hang_up(self, line: Line, how: str) -> None:
        self.counts[how] += 1
        del self.lines[line.socket.fileno()]
        line.socket.close()


def _frames(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """The whole frames at the beginning of what a server sent: opcode, payload, where it ends."""
    at = 0
    while len(data) - at >= 2:
        length, start = data[at + 1], at + 2
        if length == 126:
            length, start = int.from_bytes(data[start : start + 2], "big"), start + 2
        elif length == 127:
            length, start = int.from_bytes(data[start : start + 8], "big"), start + 8
        end = start + length
        if end > len(data):
            return
        yield data[at], data[start:end], end
        at = end


def _read(payload: bytes) -> Said:
    frame = json.loads(payload)
    if frame["type"] == "deltas":
        return Said("deltas", tuple(d["number"] for d in frame["deltas"] if d["number"] is not None))
    return Said(frame["type"], upto=frame.get("upto"))


def _masked(text: str) -> bytes:
    """A frame from a client; the mask may be zero."""
    payload = text.encode()
    assert len(payload) < 65_536
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + size + bytes(4) + payload


def _spread(times: "array[float]") -> dict[str, float]:
    """When how many had heard it, on the clock that all processes of this machine share."""
    return {
        "sockets": len(times),
        "first": min(times),
        "p50": percentile(times, 0.5),
        "p99": percentile(times, 0.99),
        "last": max(times),
    }


def percentile(values: "array[float] | list[float]", share: float) -> float:
    """The value that so large a share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    crowd = Crowd()
    crowd.epoll.register(sys.stdin, select.EPOLLIN)
    deeds: dict[str, Callable[..., dict[str, Any]]] = {
        deed.__name__: deed for deed in (crowd.join, crowd.leave, crowd.hear, crowd.read, crowd.report)
    }
    while True:
        if not crowd.step(min(1.0, crowd.every or 1.0)):
            continue
        line = sys.stdin.readline()
        if not line:
            return
        order = json.loads(line)
        print(json.dumps(deeds[order.pop("do")](**order)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
