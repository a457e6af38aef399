"""Frames as they travel, and the backlog of a server that offers nothing better than ASGI."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocket
from websockets.frames import Opcode
from websockets.protocol import Protocol, Side
from websockets.protocol import State as ConnectionState

from realtime.sending import MAX_BACKLOG_CHARACTERS, MAX_BACKLOG_MESSAGES, AsgiSender, Message
from realtime.wire import text_frame


@given(st.text() | st.integers(0, 70_000).map(lambda n: "市" * n))
def test_a_frame_is_what_a_client_reads(text: str) -> None:
    client = Protocol(Side.CLIENT, state=ConnectionState.OPEN, max_size=None)
    client.receive_data(text_frame(text))
    [frame] = client.events_received()
    assert (frame.opcode, frame.fin, bytes(frame.data).decode()) == (Opcode.TEXT, True, text)


@pytest.fixture
def stuck() -> WebSocket:
    """A connection whose server never takes anything."""

    async def nothing() -> dict[str, str]:
        raise AssertionError("nobody asks")

    async def never(message: object) -> None:
        raise AssertionError("nothing is sent before the test gives way")

    return WebSocket({"type": "websocket", "headers": []}, nothing, never)


async def test_a_backlog_is_bounded_in_messages(stuck: WebSocket) -> None:
    way = AsgiSender(stuck)
    taken = [way.take(Message("x")) for _ in range(MAX_BACKLOG_MESSAGES + 1)]
    assert taken == [True] * MAX_BACKLOG_MESSAGES + [False]
    way.drop()
    assert way.waiting == 0
    await way.finish()


async def test_one_large_message_is_no_sign_of_a_slow_reader(stuck: WebSocket) -> None:
    way = AsgiSender(stuck)
    assert way.take(Message("x" * (MAX_BACKLOG_CHARACTERS + 1)))
    assert not way.take(Message("x"))
    way.drop()
    await way.finish()
