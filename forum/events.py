"""What happened, told to every process when the transaction commits: ids only, never words.

Published from actions alone. NOTIFY carries liveness, not work: a lost event is caught up by change number.
"""

import json
from dataclasses import asdict, dataclass, fields

from forum.db import Database

CHANNEL = "forum"


@dataclass(frozen=True, slots=True)
class Event:
    pass


@dataclass(frozen=True, slots=True)
class PostChanged(Event):
    """A post was added, edited, approved, hidden, restored or withdrawn."""

    topic_id: int
    post_id: int
    change: int


@dataclass(frozen=True, slots=True)
class ResponsesChanged(Event):
    """More or fewer people answer a post, or react to it."""

    topic_id: int
    post_id: int
    change: int


@dataclass(frozen=True, slots=True)
class TopicChanged(Event):
    """The head of a topic changed: title, lock, pin, board or state."""

    topic_id: int
    change: int


@dataclass(frozen=True, slots=True)
class TopicMoved(Event):
    """A topic left a board for another, and perhaps some of its readers. Its `TopicChanged` follows."""

    topic_id: int
    from_board_id: int


@dataclass(frozen=True, slots=True)
class PostsTransferred(Event):
    """Posts came to a topic or left it: all its changes after that number, and its head."""

    topic_id: int
    after: int


@dataclass(frozen=True, slots=True)
class PollChanged(Event):
    """Somebody answered a poll whose counts everybody sees."""

    poll_id: int


@dataclass(frozen=True, slots=True)
class ThemeChanged(Event):
    """More or fewer people support a proposed theme, or it has begun."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class QueueChanged(Event):
    """Something entered or left the review queue of a board."""

    board_id: int


@dataclass(frozen=True, slots=True)
class RightsChanged(Event):
    """What an account may see changed (logged out, suspended, new role): its sockets are judged anew."""

    account_id: int


@dataclass(frozen=True, slots=True)
class Notified(Event):
    """An account got a notification, or read some."""

    account_id: int


@dataclass(frozen=True, slots=True)
class DigestChanged(Event):
    """A digest was compiled or published."""

    digest_id: int


KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        PostChanged,
        ResponsesChanged,
        TopicChanged,
        TopicMoved,
        PostsTransferred,
        PollChanged,
        ThemeChanged,
        QueueChanged,
        RightsChanged,
        Notified,
        DigestChanged,
    )
}


async def publish(db: Database, *events: Event) -> None:
    """Delivered to every process, in this order, if and when the transaction commits."""
    await db.notify(CHANNEL, [encode(event) for event in events])


def encode(event: Event) -> str:
    return json.dumps({"kind": type(event).__name__, **asdict(event)})


def decode(payload: str) -> Event | None:
    """The event, without what only a newer release knows of it; None for a kind that only that one knows: a process that is
    not yet replaced has no page that shows it."""
    told = json.loads(payload)
    kind = KINDS.get(told["kind"])
    return None if kind is None else kind(**{field.name: told[field.name] for field in fields(kind)})


def topic_in(payload: str) -> int | None:
    """The topic that an event is about, if any; also of an event that only a newer release knows."""
    about: int | None = json.loads(payload).get("topic_id")
    return about
