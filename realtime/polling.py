"""The same answers without a socket: a page asks over plain HTTP now and then where websockets are blocked.

`GET /live?channel=topic:42&after=17&channel=home&after=` is answered with a JSON list, one frame for each channel
in that order: `caught_up`, `resync` or `refused`, by the same functions that answer a socket.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from realtime.protocol import (
    CaughtUp,
    Channel,
    Close,
    Error,
    Frame,
    ProtocolError,
    Refused,
    Resync,
    Subscribe,
    read_client,
    write,
)
from realtime.socket import Allowance, Identify, MayHear, Past, V, is_same_origin

# A page asks for its few channels twice a minute. A whole office behind one address may do so.
ALLOWANCE = 600.0
ALLOWANCE_PER_SECOND = 60.0
PURSES_KEPT = 10_000
RETRY_SECONDS = 30

STATUS = {Close.GARBAGE: 400, Close.TOO_BIG: 414, Close.JUDGE_ANEW: 403, Close.FLOOD: 429}


def polling_endpoint(
    identify: Identify[V], may_hear: MayHear[V], catch_up: Past[V], address: Callable[[Request], str]
) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint for a `Route` beside the socket's, made of the same pieces; guests are told apart by their
    `address`."""
    purses: dict[str, Allowance] = {}

    async def answers(request: Request) -> list[CaughtUp | Resync | Refused]:
        viewer = await identify(request) if is_same_origin(request.headers) else None
        if viewer is None:
            raise ProtocolError(Close.JUDGE_ANEW, "not for you")
        asked = read_question(request.query_params.multi_items())
        if not _purse(purses, viewer.owner or address(request)).spend(len(asked)):
            raise ProtocolError(Close.FLOOD, "too many questions")
        return [await _answer(viewer, channel, asked[channel], may_hear, catch_up) for channel in asked]

    async def endpoint(request: Request) -> Response:
        try:
            return _sent(await answers(request), 200)
        except ProtocolError as error:
            return _sent([Error(reason=error.reason)], STATUS[error.code])

    return endpoint


def read_question(parameters: Sequence[tuple[str, str]]) -> Mapping[Channel, int | None]:
    """The channels asked about, each with the number held; judged as the frame that would ask the same."""
    names = [value for key, value in parameters if key == "channel"]
    numbers = [_number(value) for key, value in parameters if key == "after"]
    if not len(set(names)) == len(names) == len(numbers) == len(parameters) / 2:
        raise ProtocolError(Close.GARBAGE, "an after for every channel, each channel once, nothing else")
    channels = dict(zip(names, numbers, strict=True))
    frame = read_client(json.dumps({"type": "subscribe", "channels": channels}))
    assert isinstance(frame, Subscribe)
    return frame.channels


def _number(after: str) -> int | str | None:
    """As a number where it is one; anything else is left for the protocol to refuse."""
    if not after:
        return None
    return int(after) if after.isascii() and after.isdigit() and len(after) <= 16 else after


async def _answer(
    viewer: V, channel: Channel, after: int | None, may_hear: MayHear[V], catch_up: Past[V]
) -> CaughtUp | Resync | Refused:
    if not await may_hear(viewer, channel):
        return Refused(channel=channel)
    # Nobody listened meanwhile: without a number, anything may have been missed.
    return Resync(channel=channel) if after is None else await catch_up(viewer, channel, after)


def _purse(purses: dict[str, Allowance], whose: str) -> Allowance:
    """What somebody may still ask for. The purse that was used least lately makes room; it has filled up since."""
    purse = purses.pop(whose, None) or Allowance(ALLOWANCE, ALLOWANCE_PER_SECOND)
    purses[whose] = purse
    if len(purses) > PURSES_KEPT:
        del purses[next(iter(purses))]
    return purse


def _sent(frames: Iterable[Frame], status: int) -> Response:
    headers = {"Cache-Control": "no-store", "Vary": "Cookie"}
    if status == STATUS[Close.FLOOD]:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return Response(f"[{','.join(map(write, frames))}]", status, headers, "application/json")
