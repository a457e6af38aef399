"""The head of an answer and what follows it leave in one piece, and nothing waits for what does not come."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
import uvicorn
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from realtime.answers import InOnePiece
from realtime.handshakes import PromptHandshakes

HEAD, BODY, MORE = b"HTTP/1.1 200 OK\r\n\r\n", b"words", b"more"


class Line(asyncio.Transport):
    """A connection that notes what is handed to the network, and in which pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.is_open = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert self.is_open
        self.sent.append(bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        self.is_open = False

    def is_closing(self) -> bool:
        return not self.is_open


@pytest.fixture
def line() -> Line:
    return Line()


async def test_a_head_leaves_with_what_follows_it_and_the_rest_as_it_comes(line: Line) -> None:
    answer = InOnePiece(line, asyncio.get_running_loop())
    answer.write(HEAD)
    assert line.sent == []
    answer.write(BODY)
    assert line.sent == [HEAD + BODY]
    answer.write(MORE)
    await asyncio.sleep(0)
    assert line.sent == [HEAD + BODY, MORE]


async def test_a_head_alone_leaves_at_the_next_turn(line: Line) -> None:
    answer = InOnePiece(line, asyncio.get_running_loop())
    answer.write(HEAD)
    await asyncio.sleep(0)
    answer.write(BODY)
    assert line.sent == [HEAD, BODY]


async def test_a_head_leaves_before_its_connection_is_closed(line: Line) -> None:
    answer = InOnePiece(line, asyncio.get_running_loop())
    answer.write(HEAD)
    answer.close()
    await asyncio.sleep(0)
    assert line.sent == [HEAD]
    assert answer.is_closing()


async def slowly() -> AsyncIterator[bytes]:
    await asyncio.sleep(0.01)
    yield BODY
    await asyncio.sleep(0.01)
    yield MORE


@pytest.mark.parametrize(
    ("method", "answer", "ends"),
    [
        ("GET", HTMLResponse(BODY), [b"\r\n\r\n" + BODY]),
        ("HEAD", HTMLResponse(BODY), [b"\r\n\r\n"]),
        ("GET", Response(status_code=304), [b"\r\n\r\n"]),
        ("GET", StreamingResponse(slowly()), [b"\r\n\r\n", BODY + b"\r\n", MORE + b"\r\n", b"0\r\n\r\n"]),
    ],
    ids=["page", "head of a page", "nothing new", "stream"],
)
async def test_the_server_answers_in_these_pieces(
    line: Line, method: str, answer: ASGIApp, ends: list[bytes]
) -> None:
    config = uvicorn.Config(answer, lifespan="off", log_config=None)
    config.load()
    connection = PromptHandshakes(config, ServerState(), {})
    connection.connection_made(line)
    connection.data_received(f"{method} / HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    await asyncio.gather(*connection.tasks)
    await asyncio.sleep(0)
    assert line.sent[0].startswith(b"HTTP/1.1 ")
    assert len(line.sent) == len(ends)
    assert [piece.endswith(end) for piece, end in zip(line.sent, ends, strict=True)] == [True] * len(ends)
    connection.connection_lost(None)
