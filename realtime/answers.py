"""How an answer goes out: its head and its body in one piece."""

from asyncio import AbstractEventLoop, Transport


class InOnePiece:
    """Holds the first thing written, the head of an answer, until what follows it or until the loop's next turn.

    uvicorn writes the two one after the other, and uvloop sends each at once: a system call more for every page, and whoever
    waits is woken twice.
    """

    __slots__ = ("_begun", "_held", "_loop", "_transport")

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._begun = False
        self._held: bytes | None = None

    def write(self, data: bytes) -> None:
        if not self._begun:
            self._begun, self._held = True, data
            self._loop.call_soon(self._let_go)
        elif self._held is not None:
            held, self._held = self._held, None
            self._transport.writelines([held, data])
        else:
            self._transport.write(data)

    def close(self) -> None:
        self._let_go()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def _let_go(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._transport.write(held)
