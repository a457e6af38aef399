"""What travels over a live socket: one JSON object per text message, described in docs/realtime.md.

A *channel* is a name readers can listen to ("topic:42", "home"). Its *number* counts its changes without a
gap, so a reader that holds 41 and is told 43 knows that it missed something. Channels without numbers
("home") carry null; their readers fetch the region again when in doubt.
"""

from enum import IntEnum
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

VERSION = 1

# A subscription to every channel a page can have fits three times over; a larger frame is no page of ours.
MAX_FRAME_BYTES = 16 * 1024
# The page with most channels is home: queue, inbox, and one for each board. Of a town with more, the first ones are live.
MAX_CHANNELS = 50
# Numbers stay exact in JavaScript.
MAX_NUMBER = 2**53 - 1

Channel = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_:.-]{0,63}$")]
Number = Annotated[int, Field(ge=0, le=MAX_NUMBER)]


class Close(IntEnum):
    """Why the server ends a connection; the 4000s follow the HTTP status of the same meaning."""

    TOO_BIG = 1009  # a client frame over MAX_FRAME_BYTES
    FAILED = 1011  # an error of ours: come back later
    RESTART = 1012  # the server is going away: come back, spread over a few seconds
    GARBAGE = 4400  # a frame outside the protocol; an error frame said which
    JUDGE_ANEW = 4401  # rights may have changed: come back and be judged again
    TOO_SLOW = 4408  # the backlog is full: come back at once and catch up
    FLOOD = 4429  # too many frames


class Frame(BaseModel):
    """One message, in either direction. Nothing is guessed: unknown keys and loose types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Delta(Frame):
    """One change of one element of a page.

    `put` shows the element: replaced where its id exists, else inserted where its order belongs. `remove`
    takes it away. `skip` changes nothing to be seen and only accounts for its number. The HTML is that of
    change `number` *or later*, so applying a delta twice or late does no harm.
    """

    number: Number | None
    kind: Literal["put", "remove", "skip"]
    id: str = ""
    html: str = ""
    # Equals the element's data-order; null for an element that is replaced but never inserted.
    order: Annotated[int, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)] | None = None

    @model_validator(mode="after")
    def names_what_it_changes(self) -> Self:
        if self.kind != "skip" and not self.id:
            raise ValueError("put and remove name an element")
        if self.kind == "put" and not self.html:
            raise ValueError("put carries html")
        return self


# From the client.


class Subscribe(Frame):
    """Listen to channels, each with the number already held (null: none). Every channel gets one answer:
    `caught_up`, `resync` or `refused`. Subscribing again is harmless and answers again."""

    type: Literal["subscribe"] = "subscribe"
    channels: Annotated[dict[Channel, Number | None], Field(min_length=1, max_length=MAX_CHANNELS)]


class Unsubscribe(Frame):
    type: Literal["unsubscribe"] = "unsubscribe"
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=MAX_CHANNELS, strict=False)]


class CatchUp(Frame):
    """Ask for what happened after the number held. Answered by `caught_up`, `resync` or `refused`."""

    type: Literal["catch_up"] = "catch_up"
    channel: Channel
    after: Number


class Writing(Frame):
    """This reader is writing in a channel it hears; holds for some seconds, and is not answered."""

    type: Literal["writing"] = "writing"
    channel: Channel


class Ping(Frame):
    """Are you there? A browser cannot see the pings of the websocket layer. Answered by `pong`."""

    type: Literal["ping"] = "ping"


# From the server.


class Hello(Frame):
    """The first frame of every connection."""

    type: Literal["hello"] = "hello"
    version: int = VERSION


class Deltas(Frame):
    """Changes as they happen."""

    type: Literal["deltas"] = "deltas"
    channel: Channel
    deltas: Annotated[tuple[Delta, ...], Field(strict=False)]


class CaughtUp(Frame):
    """Everything that changed after `after` up to `upto`, each element once, as it is now.

    Whoever builds it reads `upto` no later than the deltas: an element newer than `upto` is harmless, one
    older would be lost. Both numbers are null for a channel without numbers: the subscription stands, nothing
    to tell.
    """

    type: Literal["caught_up"] = "caught_up"
    channel: Channel
    after: Number | None
    upto: Number | None
    deltas: Annotated[tuple[Delta, ...], Field(strict=False)] = ()


class Resync(Frame):
    """What the reader holds may not be whole.

    With `after`, the answer to a catch-up that cannot be given from there (too far behind, or a number never
    issued): fetch the region over HTTP. Without, messages may have been lost on the way here: a reader that
    holds a number asks to catch up, any other fetches the region.
    """

    type: Literal["resync"] = "resync"
    channel: Channel
    after: Number | None = None


class Refused(Frame):
    """This channel is not for this reader, or does not exist: the two look the same."""

    type: Literal["refused"] = "refused"
    channel: Channel


class Presence(Frame):
    """Who reads the channel now: how many, some of those who chose to be named, and how many are writing.

    Whoever was told nothing may assume to be alone.
    """

    type: Literal["presence"] = "presence"
    channel: Channel
    readers: Annotated[int, Field(ge=1)]
    names: Annotated[tuple[str, ...], Field(strict=False)] = ()
    writing: Annotated[int, Field(ge=0)] = 0


class Pong(Frame):
    type: Literal["pong"] = "pong"


class Error(Frame):
    """What was wrong with the client's frame; the connection closes next."""

    type: Literal["error"] = "error"
    reason: str


F = TypeVar("F")

ClientFrame = Subscribe | Unsubscribe | CatchUp | Writing | Ping
ServerFrame = Hello | Deltas | CaughtUp | Resync | Refused | Presence | Pong | Error

_client_frames: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])
_server_frames: TypeAdapter[ServerFrame] = TypeAdapter(Annotated[ServerFrame, Field(discriminator="type")])


class ProtocolError(Exception):
    """A frame that breaks the protocol: the close code and a reason fit to be sent back."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def read_client(message: str | bytes) -> ClientFrame:
    """The frame a client sent, or `ProtocolError`."""
    if isinstance(message, bytes):
        raise ProtocolError(Close.GARBAGE, "text messages only")
    if _too_big(message):
        raise ProtocolError(Close.TOO_BIG, f"at most {MAX_FRAME_BYTES} bytes")
    return _read(_client_frames, message)


def read_server(message: str | bytes) -> ServerFrame:
    """For readers written in Python: tests, benchmarks."""
    return _read(_server_frames, message)


def write(frame: Frame) -> str:
    return frame.model_dump_json()


def _too_big(message: str) -> bool:
    # A character is at most four bytes: most messages need no encoding to be judged.
    return len(message) * 4 > MAX_FRAME_BYTES and len(message.encode()) > MAX_FRAME_BYTES


def _read(frames: TypeAdapter[F], message: str | bytes) -> F:
    try:
        return frames.validate_json(message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProtocolError(Close.GARBAGE, f"{place}: {first['msg']}".removeprefix(": ")[:200]) from error
