"""The titles of topics and how they are hashed."""

from dataclasses import dataclass
from datetime import datetime

from forum import proof


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a topic with everything that it is hashed with."""

    id: int
    title: str
    author: str
    created_at: datetime
    sha256: str


def title_hash(title: Title) -> str:
    """What the database should have made of it (migration 0008); docs/provenance.md describes it field by field."""
    return proof.digest(
        {
            "author": title.author,
            "time": proof.moment(title.created_at),
            "title": title.title,
            "topic": title.id,
            "version": 1,
        }
    )
