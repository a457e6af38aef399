"""Who reads a channel and how many write there: what one process knows, what all of them know together, and how
often it is told. Pure; realtime/attendance.py has the clock.

Nothing of this is kept anywhere. A person (an owner) is one reader, with however many windows, on however many
machines; guests are counted by their connections.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Protocol

from pydantic import Field, TypeAdapter

from realtime.protocol import Channel, Close, Frame, Presence

# Somebody who stops typing is no longer writing; a page says that it writes every three seconds.
WRITING_SECONDS = 6.0
# Between two frames to the same readers; larger audiences are told less often, so that they cost the same.
PAUSE_SECONDS = 2.0
FRAMES_PER_SECOND = 200
# More names than this are not read by anybody.
NAMES_MAX = 5
# People whom other processes are told of one by one, so that they count once everywhere.
PEOPLE_MAX = 50
# NOTIFY takes less than 8,000 bytes.
PAYLOAD_BYTES_MAX = 7_500
# What stands around the shares of a message.
ENVELOPE_BYTES = 100


class Reader(Protocol):
    """A connection that hears a channel."""

    @property
    def owner(self) -> str | None: ...

    @property
    def shown_name(self) -> str | None: ...

    @property
    def closing(self) -> Close | None: ...


class Share(Frame):
    """The readers of a channel that are connected to one process. Goes to other processes, never to readers."""

    # Owners, each with the name they chose to show.
    people: dict[str, str | None] = Field(default_factory=dict)
    # Guests, and people beyond PEOPLE_MAX.
    others: Annotated[int, Field(ge=0)] = 0
    writing: Annotated[frozenset[str], Field(strict=False)] = frozenset()


NOBODY = Share()


class Shares(Frame):
    """A message from one process to the others; the number tells the later of two."""

    process: str
    number: int
    channels: dict[Channel, Share]


_shares = TypeAdapter(Shares)


def share_of(readers: Iterable[Reader], writing: Collection[Reader]) -> Share:
    """What these connections amount to. Whoever is being sent away is not here any more."""
    people: dict[str, str | None] = {}
    guests = 0
    for reader in readers:
        if reader.closing is not None:
            continue
        if reader.owner is None:
            guests += 1
        else:
            _name(people, reader.owner, reader.shown_name)
    writers = {reader.owner for reader in writing if reader.closing is None and reader.owner in people}
    # Those whom others are told of by name, or as writers, are told of first.
    order = sorted(people, key=lambda owner: (owner not in writers, people[owner] is None, owner))
    told = {owner: people[owner] for owner in islice(order, PEOPLE_MAX)}
    return Share(
        people=told, others=guests + len(people) - len(told), writing=frozenset(writers & told.keys())
    )


def presence(channel: Channel, shares: Iterable[Share], *, audience: int = 0) -> Presence:
    """What the readers of a channel are told. One reader is no company: nothing is said of them."""
    people: dict[str, str | None] = {}
    writing: set[str] = set()
    others = 0
    for share in shares:
        for owner, name in share.people.items():
            _name(people, owner, name)
        writing |= share.writing
        others += share.others
    readers = len(people) + others
    if readers <= 1:
        return alone(channel)
    names = sorted({name for name in people.values() if name})
    # Told so seldom, it would be over before the next frame says so.
    writers = len(writing) if pause(audience) <= WRITING_SECONDS else 0
    return Presence(channel=channel, readers=readers, names=tuple(names[:NAMES_MAX]), writing=writers)


def _name(people: dict[str, str | None], owner: str, name: str | None) -> None:
    """Whoever is unnamed anywhere is unnamed: a name that is still held somewhere may be an old one."""
    if people.setdefault(owner, name) != name:
        people[owner] = None


def alone(channel: Channel) -> Presence:
    """What a reader who was told nothing may assume."""
    return Presence(channel=channel, readers=1)


def pause(audience: int) -> float:
    """Seconds between two frames to an audience."""
    return max(PAUSE_SECONDS, audience / FRAMES_PER_SECOND)


def read_shares(payload: str) -> Shares:
    return _shares.validate_json(payload)


def written(process: str, number: int, channels: Mapping[Channel, Share]) -> Iterator[str]:
    """Messages to the other processes, each small enough for any broker."""
    part: dict[Channel, Share] = {}
    size = 0
    for channel, share in channels.items():
        more = len(channel) + len(share.model_dump_json().encode()) + len('"":,')
        if part and size + more > PAYLOAD_BYTES_MAX - ENVELOPE_BYTES:
            yield Shares(process=process, number=number, channels=part).model_dump_json()
            part, size = {}, 0
        part[channel] = share
        size += more
    if part:
        yield Shares(process=process, number=number, channels=part).model_dump_json()
