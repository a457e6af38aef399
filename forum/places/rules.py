"""Places that one person keeps: how far they have read, and posts to find again. Nobody else ever sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from forum.access import Actor, Ruling, can_take_part
from forum.following.rules import Follower, Level
from forum.posts.rules import Post, PostView, can_read_words
from forum.text import Paragraphs, sized

NOTE_MAX = 500
# More than this many unread posts are not counted.
UNREAD_MAX = 99


class Note(BaseModel):
    """Why somebody keeps a post."""

    note: Annotated[Paragraphs, sized(0, NOTE_MAX)] = ""


class Seen(BaseModel):
    """The highest number among the posts that were on the screen."""

    number: Annotated[int, Field(ge=1, lt=2**31)]


@dataclass(frozen=True, slots=True)
class Mine:
    """What a page of a topic shows to one reader only; reactions, and what they have kept or reported, as `reading.js` takes
    them."""

    read: int | None = None
    unread: int = 0
    first_unread: int | None = None
    reactions: str = ""
    done: str = ""
    # What the reader said about the topic, whether it came by itself with writing, and about its board.
    topic_level: str | None = None
    topic_chosen: bool | None = None
    board_level: str | None = None
    # It is their topic, or a post of theirs is there that others are not shown.
    sees_more: bool = False

    @property
    def following(self) -> Level:
        """How closely the reader follows the topic."""
        topic, board = (Level(level) if level else None for level in (self.topic_level, self.board_level))
        return Follower(0, topic, self.topic_chosen, board).level


@dataclass(frozen=True, slots=True)
class Bookmark:
    post_id: int
    note: str
    kept_at: datetime


def can_keep(actor: Actor, post: Post | PostView) -> Ruling:
    """Whatever one may read."""
    return ruling if not (ruling := can_take_part(actor)) else can_read_words(actor, post)
