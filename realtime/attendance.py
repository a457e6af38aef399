"""The readers of every channel of this process, as they come, go and write; told to them and to other processes.

Nothing is sent when something happens: a channel is marked, and looked at a little later, no more often than its
audience bears. Whoever looks asks the hub who is there, so there is no second list that could differ.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from pydantic import ValidationError

from realtime.hub import Hub
from realtime.listeners import Listener
from realtime.presence import (
    NOBODY,
    PAUSE_SECONDS,
    WRITING_SECONDS,
    Share,
    alone,
    pause,
    presence,
    read_shares,
    share_of,
    written,
)
from realtime.protocol import Channel, Presence, write
from realtime.sending import Message

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
# Other processes are told again, so that they can forget one that says nothing any more.
REPEAT_SECONDS = 20.0
FORGET_SECONDS = 60.0
SEND_SECONDS = 5.0

# To every process, this one included; messages may be lost, doubled and late.
Announce = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Told:
    """What the readers here know, and when they may be told more."""

    presence: Presence
    message: Message
    next_at: float


@dataclass(frozen=True, slots=True)
class Announced:
    """What other processes were told of the readers here."""

    share: Share
    at: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What another process said of its readers."""

    share: Share
    number: int
    at: float


class Attendance:
    """Tells the readers of a channel who else is there. `has_presence` says of which channels it is told."""

    def __init__(
        self, hub: Hub, has_presence: Callable[[Channel], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._hub = hub
        self._has_presence = has_presence
        self._clock = clock
        self._process = secrets.token_hex(8)
        self._number = 0
        self._changed: set[Channel] = set()
        self._writing: dict[Channel, dict[Listener, float]] = {}
        self._told: dict[Channel, Told] = {}
        self._announced: dict[Channel, Announced] = {}
        self._elsewhere: dict[Channel, dict[str, Heard]] = {}
        self._is_heard = True
        hub.on_audience = self.audience_changed

    def audience_changed(self, channel: Channel, newcomer: Listener | None = None) -> None:
        """Somebody came or went. A newcomer is told at once what the others were told last."""
        if not self._has_presence(channel):
            return
        self._changed.add(channel)
        told = self._told.get(channel)
        if newcomer is not None and told is not None and told.presence != alone(channel):
            newcomer.offer(told.message)
            self._hub.counts.sent(told.message, 1)

    def is_writing(self, listener: Listener, channel: Channel) -> bool:
        return self._writing.get(channel, {}).get(listener, 0.0) > self._clock()

    def writes(self, listener: Listener, channel: Channel) -> None:
        """Somebody who may is typing; holds for some seconds."""
        if not self.is_writing(listener, channel):
            self._changed.add(channel)
        self._writing.setdefault(channel, {})[listener] = self._clock() + WRITING_SECONDS

    def stops_writing(self, channel: Channel, owner: str | None = None) -> None:
        """What was being written is there, or (no owner) who may write has changed: ask them again."""
        stopped = [one for one in self._writing.get(channel, ()) if owner in (None, one.owner)]
        for listener in stopped:
            self._stop(channel, listener)
        told = self._told.get(channel)
        # Nobody shall wait for more from somebody whose words are there; where many read, they are told in turn.
        if owner and stopped and told and pause(len(self._hub.audience(channel))) == PAUSE_SECONDS:
            self._told[channel] = replace(told, next_at=self._clock())

    async def hear(self, payload: str) -> None:
        """A message of some process."""
        try:
            message = read_shares(payload)
        except ValidationError:
            log.warning("presence: not understood, of another release perhaps: %.200r", payload)
            return
        if message.process == self._process:
            return
        for channel, share in message.channels.items():
            shares = self._elsewhere.setdefault(channel, {})
            before = shares.get(message.process)
            if before is None or before.number < message.number:
                shares[message.process] = Heard(share, message.number, self._clock())
                self._mark(channel)

    def look(self) -> list[str]:
        """Tell the readers here what has changed; returns the messages for other processes."""
        now = self._clock()
        self._forget(now)
        news: dict[Channel, Share] = {}
        for channel in tuple(self._changed):
            if channel not in self._told or self._told[channel].next_at <= now:
                self._changed.discard(channel)
                own = self._tell(channel, now)
                if own != self._announced_share(channel):
                    news[channel] = own
        for channel, announced in self._announced.items():
            if announced.at + REPEAT_SECONDS <= now:
                news.setdefault(channel, announced.share)
        return self._announce(news, now)

    def farewell(self) -> list[str]:
        """Messages saying that nobody is here any more."""
        return self._announce(dict.fromkeys(self._announced, NOBODY), self._clock())

    @asynccontextmanager
    async def kept(self, announce: Announce) -> AsyncIterator[None]:
        """Looks again and again for the length of the block."""
        looking = asyncio.create_task(self._keep_looking(announce))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait({looking})
            await self._send(announce, self.farewell())

    async def _keep_looking(self, announce: Announce) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                messages = self.look()
            except Exception:
                log.exception("presence: not told")  # the next look may go well
            else:
                await self._send(announce, messages)

    async def _send(self, announce: Announce, messages: list[str]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                for message in messages:
                    await announce(message)
        except Exception as error:
            # Not lost for long: everything is said again. Nor is this, until it goes well.
            if self._is_heard:
                log.warning("presence: not told to other processes: %s: %s", type(error).__name__, error)
            self._is_heard = False
        else:
            self._is_heard = self._is_heard or bool(messages)

    def _tell(self, channel: Channel, now: float) -> Share:
        """Tell the readers here if anything is new to them; what this process knows."""
        audience = self._hub.audience(channel)
        own = share_of(audience, self._writing.get(channel, ()))
        shares = [own, *(heard.share for heard in self._elsewhere.get(channel, {}).values())]
        news = presence(channel, shares, audience=len(audience))
        told = self._told.get(channel)
        message = Message(write(news))
        if news != (told.presence if told else alone(channel)):
            self._hub.pass_on(channel, message)
        self._told[channel] = Told(news, message, now + pause(len(audience)))
        return own

    def _announced_share(self, channel: Channel) -> Share:
        return self._announced[channel].share if channel in self._announced else NOBODY

    def _announce(self, news: dict[Channel, Share], now: float) -> list[str]:
        for channel, share in news.items():
            if share == NOBODY:
                self._announced.pop(channel, None)
            else:
                self._announced[channel] = Announced(share, now)
        self._number += 1
        return list(written(self._process, self._number, news))

    def _forget(self, now: float) -> None:
        """Who stopped writing, processes that fell silent, and channels that nobody hears any more."""
        for channel, writing in tuple(self._writing.items()):
            for listener, until in tuple(writing.items()):
                if until <= now:
                    self._stop(channel, listener)
        for channel, shares in tuple(self._elsewhere.items()):
            for process, heard in tuple(shares.items()):
                if heard.at + FORGET_SECONDS <= now:
                    del shares[process]
                    self._mark(channel)
            if not shares:
                del self._elsewhere[channel]
        for channel, told in tuple(self._told.items()):
            if told.next_at <= now and channel not in self._changed and not self._hub.listening(channel):
                del self._told[channel]

    def _mark(self, channel: Channel) -> None:
        """Something is new to the readers here, if there are any."""
        if self._hub.listening(channel):
            self._changed.add(channel)

    def _stop(self, channel: Channel, listener: Listener) -> None:
        writing = self._writing[channel]
        del writing[listener]
        if not writing:
            del self._writing[channel]
        self._changed.add(channel)
