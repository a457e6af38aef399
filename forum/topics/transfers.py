"""Posts that go to another topic: whole topics, or some of their posts. Words, authors, hashes and addresses stay."""

import json
from dataclasses import dataclass
from datetime import datetime

from forum import proof
from forum.posts.rules import shown_title

# So many posts are chosen at once.
CHOSEN_MAX = 100


@dataclass(frozen=True, slots=True)
class Why:
    """What readers are told of a transfer: in which role it was decided, and the reason."""

    role: str
    reason: str
    # The transfer that it takes back.
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """What went where: the same place in each of the three lists is one post with its old and its new number."""

    id: int
    from_topic_id: int
    to_topic_id: int
    whole: bool
    undoes: int | None
    posts: list[int]
    from_numbers: list[int]
    to_numbers: list[int]
    role: str
    reason: str
    made_by: int
    made_at: datetime
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """Where a post stood in a topic that it has left."""

    post_id: int
    number: int
    change: int
    # Of the post: nobody learns of a held one.
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """A transfer as the head of a topic tells it: to or from which other topic."""

    to: bool
    topic_id: int
    title: str
    posts: int
    whole: bool
    role: str
    reason: str
    made_at: datetime
    # At which the public log has it.
    post_id: int


def told(written: str) -> list[Told]:
    """What the database has put together of the transfers of a topic, the other topics under the titles that all may read."""
    return [
        Told(
            to,
            number,
            shown_title(state, title),
            posts,
            whole,
            role,
            reason,
            datetime.fromisoformat(at),
            post,
        )
        for to, number, title, state, posts, whole, role, reason, at, post in json.loads(written)
    ]


def document(transfer: Transfer) -> dict[str, object]:
    """What a transfer is hashed as; docs/provenance.md describes it."""
    return {
        "from": transfer.from_topic_id,
        "numbers": transfer.from_numbers,
        "person": transfer.made_by,
        "posts": transfer.posts,
        "reason": transfer.reason,
        "role": transfer.role,
        "time": proof.moment(transfer.made_at),
        "to": transfer.to_topic_id,
        "to_numbers": transfer.to_numbers,
        "undoes": transfer.undoes,
        "whole": transfer.whole,
    }
