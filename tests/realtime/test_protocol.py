import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from realtime.protocol import (
    MAX_CHANNELS,
    MAX_FRAME_BYTES,
    CatchUp,
    CaughtUp,
    Close,
    Delta,
    Ping,
    ProtocolError,
    Subscribe,
    Unsubscribe,
    read_client,
    read_server,
    write,
)


@pytest.mark.parametrize(
    "frame",
    [
        Subscribe(channels={"topic:42": 17, "home": None}),
        Unsubscribe(channels=("home", "queue")),
        CatchUp(channel="topic:42", after=0),
        Ping(),
    ],
)
def test_a_client_frame_survives_the_wire(frame: Subscribe | Unsubscribe | CatchUp | Ping) -> None:
    assert read_client(write(frame)) == frame


def test_a_server_frame_survives_the_wire() -> None:
    delta = Delta(number=18, kind="put", id="post-7", html='<li id="post-7">市民\u2028</li>', order=7)
    frame = CaughtUp(channel="topic:42", after=17, upto=18, deltas=(delta,))
    assert read_server(write(frame)) == frame


GARBAGE = {
    "nothing": "",
    "no JSON": "subscribe",
    "no object": "[]",
    "no type": "{}",
    "a server frame": '{"type":"hello","version":1}',
    "an unknown key": '{"type":"ping","extra":1}',
    "no channels": '{"type":"subscribe","channels":{}}',
    "a number as text": '{"type":"subscribe","channels":{"home":"1"}}',
    "a fraction": '{"type":"subscribe","channels":{"home":1.5}}',
    "true": '{"type":"subscribe","channels":{"home":true}}',
    "below zero": '{"type":"catch_up","channel":"home","after":-1}',
    "beyond exact numbers": '{"type":"catch_up","channel":"home","after":9007199254740993}',
    "NaN": '{"type":"catch_up","channel":"home","after":NaN}',
    "a strange channel": '{"type":"catch_up","channel":"Home page","after":1}',
    "a long channel": json.dumps({"type": "unsubscribe", "channels": ["x" * 65]}),
    "too many channels": json.dumps({"type": "unsubscribe", "channels": ["x"] * (MAX_CHANNELS + 1)}),
    "deep nesting": "[" * 8000,
    "a lone surrogate": '{"type":"unsubscribe","channels":["\\ud800"]}',
    "NUL": '{"type":"ping"}\x00',
}


@pytest.mark.parametrize("message", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_named_and_refused(message: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_client(message)
    assert caught.value.code is Close.GARBAGE
    assert 0 < len(caught.value.reason) <= 200


def test_a_frame_is_measured_in_bytes() -> None:
    fits = '{"type":"ping"}' + " " * (MAX_FRAME_BYTES - 15)
    assert read_client(fits) == Ping()
    with pytest.raises(ProtocolError) as caught:
        read_client("市" * (MAX_FRAME_BYTES // 3 + 1))
    assert caught.value.code is Close.TOO_BIG


def test_binary_messages_are_refused() -> None:
    with pytest.raises(ProtocolError):
        read_client(b'{"type":"ping"}')


@given(
    st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps)
)
def test_whatever_comes_is_a_frame_or_a_refusal(message: str) -> None:
    with contextlib.suppress(ProtocolError):
        read_client(message)


def test_a_delta_names_what_it_changes() -> None:
    Delta(number=1, kind="skip")
    for incomplete in ({"kind": "put", "id": "post-1"}, {"kind": "put", "html": "<p>"}, {"kind": "remove"}):
        with pytest.raises(ValidationError):
            Delta(number=1, **incomplete)
