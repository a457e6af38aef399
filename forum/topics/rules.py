"""Topics and who may do what in them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Role, Ruling, can_speak, can_take_part
from forum.boards.rules import Board, can_read, is_late
from forum.clock import last_moment
from forum.i18n import _
from forum.posts.rules import Body, State, shown_title
from forum.text import Line, sized
from forum.topics.labels import Label, labels
from forum.topics.timetable import Timed, place_in

TITLE_MAX = 80
POSTS_PER_PAGE = 20
TOPICS_PER_PAGE = 30
# Milliseconds by which a pinned topic is ahead of every moment there will be (year 2096).
PINNED_AHEAD = 4_000_000_000_000


class Opening(BaseModel):
    """The form that starts a topic."""

    title: Annotated[Line, sized(2, TITLE_MAX)]
    body: Body


@dataclass(frozen=True, slots=True)
class Topic(Timed):
    """A topic with what its board says about it."""

    id: int
    board_id: int
    board_slug: str
    board_kind: str
    author_id: int
    title: str
    state: str
    locked: bool
    pinned: bool
    changes: int
    last_number: int
    # For a while one person writes once in so many minutes.
    slow_minutes: int | None = None
    slow_until: datetime | None = None
    # What the city owes it: received, considering, answered, reflected; None: nothing.
    answer_state: str | None = None
    answer_section_id: int | None = None
    # The first moment that is too late.
    answer_due_at: datetime | None = None
    late: bool = False
    polls_hidden: bool = False
    # Its phases as JSON, and how many of them are over.
    timetable: str = "[]"
    place: int = 0
    # Where its opening post stands, if that is another topic; how many of its posts have left.
    merged_into: int | None = None
    moved_out: int = 0
    # A theme that somebody proposes: it begins when enough people support it.
    proposed: bool = False

    @property
    def answer_until(self) -> datetime | None:
        """The last moment that is in time."""
        return self.answer_due_at and last_moment(self.answer_due_at)


T = TypeVar("T", bound=Topic)


@dataclass(frozen=True, slots=True)
class TopicRow(Timed):
    """A topic in a list."""

    id: int
    board_id: int
    board_slug: str
    board_kind: str
    author_id: int
    title: str
    state: str
    locked: bool
    pinned: bool
    last_number: int
    pen_name: str
    bumped_at: datetime
    answer_state: str | None = None
    answer_due_at: datetime | None = None
    late: bool = False
    tagged: str = "[]"
    timetable: str = "[]"
    place: int = 0
    merged_into: int | None = None
    moved_out: int = 0
    proposed: bool = False

    @property
    def tags(self) -> list[Label]:
        return labels(self.tagged)

    @property
    def posts(self) -> int:
        """How many stand there."""
        return self.last_number - self.moved_out

    @property
    def order(self) -> int:
        """Its place in a list, lowest first: pinned before all others, then the latest activity."""
        return -(int(self.bumped_at.timestamp() * 1000) + (PINNED_AHEAD if self.pinned else 0))


def can_read_topic(actor: Actor, topic: Topic | TopicRow) -> Ruling:
    """The board must be readable; a held topic is known to its author and to moderators only."""
    if not (ruling := can_read(actor, topic.board_kind)):
        return ruling
    if topic.state == State.HELD and not (actor.wrote(topic.author_id) or actor.moderates(topic.board_id)):
        return Ruling(_("この話題はまだ公開されていません。"))
    return ALLOWED


def can_reply(actor: Actor, topic: Topic) -> Ruling:
    if not (ruling := can_read_topic(actor, topic)):
        return ruling
    if not (ruling := can_speak(actor)):
        return ruling
    if topic.state == State.HELD:
        return Ruling(_("この話題はまだ公開されていません。"))
    if topic.merged_into:
        return Ruling(_("この話題は、別の話題にまとめられました。"))
    if topic.proposed:
        return Ruling(_("支持が集まると始まるテーマです。まだ書けません。"))
    if topic.closed and not (actor.steers(topic.board_id) or answers_for_city(actor, topic)):
        return Ruling(_("この話題の受付は終わりました。"))
    return ALLOWED


def answers_for_city(actor: Actor, topic: Topic) -> bool:
    """Whether the person may say there what the city says: the staff of the section that owes it, and administrators."""
    if topic.answer_section_id is None:
        return False
    return actor.is_administrator or (
        actor.role is Role.STAFF and actor.section_id == topic.answer_section_id
    )


def can_steer(actor: Actor, topic: Topic) -> Ruling:
    """Locking, pinning and moving: the board's facilitators and moderators."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if not actor.steers(topic.board_id):
        return Ruling(_("この会議室の世話人だけができます。"))
    if topic.merged_into:
        return Ruling(_("この話題は、別の話題にまとめられました。"))
    return ALLOWED


def can_move(actor: Actor, topic: Topic, to: Board) -> Ruling:
    """Between boards that one may both steer; never in or out of the staff room, where readers differ."""
    return _can_bring(actor, topic, to.id, to.kind)


def can_transfer(actor: Actor, topic: Topic, to: Topic) -> Ruling:
    """Posts go where the whole topic might, unless it is to a topic that not everybody there knows of."""
    if to.id == topic.id or to.state == State.HELD or to.merged_into or to.proposed or topic.proposed:
        return Ruling(_("公開されている、別の話題を選んでください。"))
    return _can_bring(actor, topic, to.board_id, to.board_kind)


def _can_bring(actor: Actor, topic: Topic, board_id: int, kind: str) -> Ruling:
    if not (ruling := can_steer(actor, topic)):
        return ruling
    if not actor.steers(board_id):
        return Ruling(_("移し先の会議室の世話人でもある人だけができます。"))
    if (topic.board_kind == "staff") != (kind == "staff"):
        return Ruling(_("職員の会議室とほかの会議室の間では移せません。"))
    return ALLOWED


def public_topic(topic: T, now: datetime) -> T:
    """The topic as everyone sees it now."""
    return current(replace(topic, title=shown_title(topic.state, topic.title)), now)


def current(topic: T, now: datetime) -> T:
    """The topic with what depends on the time."""
    late = is_late(topic.answer_state, topic.answer_due_at, now)
    return replace(topic, late=late, place=place_in(topic.phases, now))


def public_row(row: TopicRow, now: datetime) -> TopicRow:
    """The row as lists show it to everyone now."""
    title, place = shown_title(row.state, row.title), place_in(row.phases, now)
    return replace(row, title=title, late=is_late(row.answer_state, row.answer_due_at, now), place=place)


def pages(last_number: int) -> int:
    """How many pages of posts a topic has; at least one."""
    return max(1, -(-last_number // POSTS_PER_PAGE))


def page_of(number: int) -> int:
    """The page on which the post with this number stands."""
    return max(1, -(-number // POSTS_PER_PAGE))
