"""From events to open pages: who listens to what, and which words reach them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from forum import furigana
from forum.access import Actor, can_be_named
from forum.db import AWAY
from forum.events import Event, decode
from forum.i18n import current_locale, in_locale
from forum.rendering import Renderer
from forum.web import DIGITS_MAX, Site
from forum.zones import in_zone
from realtime.attendance import Attendance
from realtime.hub import Hub
from realtime.listeners import Listener
from realtime.protocol import CaughtUp, Delta, Resync

# What stands behind the language of a variant whose readers want readings over kanji.
READINGS = "+furigana"


@dataclass(frozen=True, slots=True)
class Live:
    """What an event handler works with."""

    site: Site
    hub: Hub
    attendance: Attendance


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person at a socket: their sockets end together, and they read one language, the times of one zone, and kanji with
    readings or without."""

    actor: Actor
    locale: str
    has_furigana: bool = False

    @property
    def variant(self) -> str:
        """What is worth rendering once for all who read alike, as `in_variant` takes it apart."""
        script = f"{self.locale}{READINGS}" if self.has_furigana else self.locale
        return f"{script} {self.actor.time_zone or ''}".rstrip()

    @property
    def owner(self) -> str | None:
        return None if self.actor.id is None else str(self.actor.id)

    @property
    def shown_name(self) -> str | None:
        """The name other readers see, if the person wishes it and may be named."""
        return self.actor.pen_name if self.actor.named_while_reading and can_be_named(self.actor) else None


# Tells open pages about one kind of event.
Handler = Callable[[Live, Any], Awaitable[None]]
# Whether the actor may hear (or write in) the channel `kind:name`, asked with its name; the same rule as for the page.
MayHear = Callable[[Live, Actor, str], Awaitable[bool]]
# What changed in the channel since a number.
Past = Callable[[Live, Viewer, str, int], Awaitable[CaughtUp | Resync]]
# A number that differs when what the actor is shown in the channel differs.
Stamp = Callable[[Live, Actor, str], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of channel, as a slice offers it: with a past, or with a stamp that its pages carry as their number.
    Without either, pages fetch the region again when in doubt.

    Where people may write, whoever hears the channel is told who else does, and that somebody is writing.
    """

    may_hear: MayHear
    past: Past | None = None
    stamp: Stamp | None = None
    may_write: MayHear | None = None

    @property
    def presence(self) -> bool:
        return self.may_write is not None


def row_id(name: str) -> int | None:
    """The number that a channel is named by, written in the one way that events name it: rights that end on
    `topic:7` would not end on `topic:07`."""
    is_number = name.isascii() and name.isdigit() and len(name) <= DIGITS_MAX and not name.startswith("0")
    return int(name) if is_number else None


def with_presence(channels: dict[str, Channel]) -> Callable[[str], bool]:
    """Of which channels readers are told who else reads them."""
    kinds = {kind for kind, offered in channels.items() if offered.presence}
    return lambda channel: channel.partition(":")[0] in kinds


async def in_variant(renderer: Renderer, variant: str, made: Iterable[Callable[[], Delta]]) -> list[Delta]:
    """The deltas in the language of these readers, with the times of their zone, and with readings if they want them."""
    script, _, zone = variant.partition(" ")
    locale, has_furigana = script.removesuffix(READINGS), script.endswith(READINGS)
    with in_locale(locale), in_zone(zone):
        return [await _own(renderer, delta(), has_furigana=has_furigana) for delta in made]


async def _own(renderer: Renderer, delta: Delta, *, has_furigana: bool) -> Delta:
    if not delta.html:
        return delta
    return delta.model_copy(update={"html": await renderer.own(delta.html, has_furigana=has_furigana)})


class Room:
    """All channels and handlers of the application, as the sockets and the broker use them."""

    def __init__(
        self,
        live: Live,
        identify: Callable[[HTTPConnection], Awaitable[Actor]],
        channels: dict[str, Channel],
        handlers: Sequence[Mapping[type[Event], list[Handler]]],
    ) -> None:
        self._live = live
        self._identify = identify
        self._channels = channels
        self._handlers = handlers

    async def identify(self, connection: HTTPConnection) -> Viewer:
        """Guests listen too: reading needs no login. Asked anew, and again if rights change meanwhile: what the
        middleware read may be older than the last revocation."""
        has_furigana = furigana.asked_for(connection.cookies)
        return Viewer(await self._identify(connection), current_locale(), has_furigana)

    async def may_hear(self, viewer: Viewer, channel: str) -> bool:
        kind, _, name = channel.partition(":")
        offered = self._channels.get(kind)
        return offered is not None and await offered.may_hear(self._live, viewer.actor, name)

    async def catch_up(self, viewer: Viewer, channel: str, after: int) -> CaughtUp | Resync:
        kind, _, name = channel.partition(":")
        offered = self._channels[kind]
        if offered.past is not None:
            return await offered.past(self._live, viewer, name, after)
        if offered.stamp is not None and await offered.stamp(self._live, viewer.actor, name) == after:
            return CaughtUp(channel=channel, after=after, upto=after)
        return Resync(channel=channel, after=after)

    async def writes(self, viewer: Viewer, listener: Listener, channel: str) -> None:
        """Somebody types. Their right is asked for when they begin, not at every sign that they go on."""
        kind, _, name = channel.partition(":")
        may_write = self._channels[kind].may_write if channel in listener.channels else None
        if may_write is None or viewer.owner is None:
            return
        attendance = self._live.attendance
        if attendance.is_writing(listener, channel) or await may_write(self._live, viewer.actor, name):
            attendance.writes(listener, channel)

    async def on_message(self, payload: str) -> None:
        """An event from the broker; one of a newer release is none of ours. Raises ConnectionError, whatever the driver's word
        for that is, while the database is away."""
        event = decode(payload)
        if event is None:
            return
        try:
            for table in self._handlers:
                for handler in table.get(type(event), ()):
                    await handler(self._live, event)
        except AWAY as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
