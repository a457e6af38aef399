"""Posts: their states, who may read, edit and withdraw them, and how their words are hashed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel

from forum import proof
from forum.access import ALLOWED, Actor, Ruling, can_speak, can_take_part
from forum.boards.rules import can_read
from forum.i18n import _
from forum.text import EMPTY_IS_NONE, Paragraphs, RowId, Version, sized

BODY_MAX = 4000
# A first post is read by a person before it is shown; one shown post is standing enough.
APPROVED_POSTS_FOR_STANDING = 1

Body = Annotated[Paragraphs, sized(1, BODY_MAX)]


class State(StrEnum):
    """`held`: only author and moderators see it. `hidden`: a moderator took it down. `withdrawn`: its author did."""

    VISIBLE = "visible"
    HELD = "held"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Draft(BaseModel):
    """The words of a new post, and which post they answer, if any."""

    body: Body
    reply_to_id: Annotated[RowId | None, EMPTY_IS_NONE] = None


class Edit(BaseModel):
    """New words for a post; `version` is the one the author saw."""

    body: Body
    version: Version


@dataclass(frozen=True, slots=True)
class Post:
    """A post as actions judge it."""

    id: int
    topic_id: int
    board_id: int
    board_kind: str
    number: int
    author_id: int
    state: str
    change: int
    version: int
    revision_id: int
    revision_number: int
    raw: str
    sha256: str
    returned_at: datetime | None
    shown_at: datetime | None
    # `raw` as it is published, ■ for what is masked; null: as it is.
    masked: str | None = None
    reply_to_id: int | None = None
    # The folded names that it calls without brackets.
    called: Sequence[str] = ()
    city_answer: bool = False

    @property
    def shown(self) -> str:
        """What it says to everyone who may read it."""
        return self.raw if self.masked is None else self.masked


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as a page shows it. `html` is empty where the words may not be read."""

    id: int
    topic_id: int
    topic_title: str
    topic_state: str
    board_id: int
    board_kind: str
    number: int
    author_id: int
    state: str
    change: int
    version: int
    html: str
    pen_name: str
    pseudonym: str
    role: str
    section_name: str | None
    section_name_en: str | None
    created_at: datetime
    edited_at: datetime | None
    returned_at: datetime | None
    shown_at: datetime | None
    reply_to_id: int | None
    reply_to_number: int | None
    rule_number: int | None
    rule_title: str | None
    rule_title_en: str | None
    city_answer: bool
    # Answers that everybody reads, and reactions by kind.
    answers: int
    agree: int
    disagree: int
    insight: int
    thanks: int
    # How it came, if a section entered it for somebody; the section is then that one.
    channel: str | None = None
    # Of a time-boxed discussion: in which phase it was written.
    phase: str | None = None
    # Whether somebody who keeps the board sums up the discussion in it.
    recap: bool = False
    # Where the post stands that it answers, and where it stood itself before it was transferred.
    reply_to_topic_id: int | None = None
    from_topic_id: int | None = None
    from_number: int | None = None
    # An answer of the city in easy words, as long as they say the same.
    easy: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable version of a post's words."""

    id: int
    post_id: int
    number: int
    raw: str
    author: str
    sha256: str
    created_at: datetime


def starting_state(actor: Actor, board_id: int) -> State:
    """The first post of a new member waits for a moderator, unless the town knows that they live there; nothing else does."""
    has_standing = actor.verified or actor.approved_posts >= APPROVED_POSTS_FOR_STANDING
    return State.VISIBLE if has_standing or actor.is_staff or actor.steers(board_id) else State.HELD


def is_known(post: Post | PostView) -> bool:
    """Whether all who read its board know of it: what was shown once leaves a place behind, also while it is held again."""
    return post.state != State.HELD or post.shown_at is not None


def can_know_of(actor: Actor, post: Post | PostView) -> Ruling:
    """Whether the person may learn that the post exists."""
    if not (ruling := can_read(actor, post.board_kind)):
        return ruling
    if not is_known(post) and not (actor.wrote(post.author_id) or actor.moderates(post.board_id)):
        return Ruling(_("この投稿はまだ公開されていません。"))
    return ALLOWED


def can_read_words(actor: Actor, post: Post | PostView) -> Ruling:
    """Whether the person may read what the post says."""
    if not (ruling := can_read(actor, post.board_kind)):
        return ruling
    if post.state == State.VISIBLE:
        return ALLOWED
    if post.state == State.WITHDRAWN:
        return ALLOWED if actor.wrote(post.author_id) else Ruling(_("書いた人が取り下げた投稿です。"))
    if actor.wrote(post.author_id) or actor.moderates(post.board_id):
        return ALLOWED
    return Ruling(_("この投稿は公開されていません。"))


def can_edit(actor: Actor, post: Post | PostView) -> Ruling:
    """Only the author changes the words; nobody else ever does."""
    if not (ruling := can_speak(actor)):
        return ruling
    if not actor.wrote(post.author_id):
        return Ruling(_("自分の投稿だけを編集できます。"))
    if post.state not in (State.VISIBLE, State.HELD):
        return Ruling(_("公開されていない投稿は編集できません。"))
    return ALLOWED


def can_withdraw(actor: Actor, post: Post | PostView) -> Ruling:
    if not (ruling := can_take_part(actor)):
        return ruling
    if not actor.wrote(post.author_id):
        return Ruling(_("自分の投稿だけを取り下げられます。"))
    # The author wrote it for the city, and the topic goes on to say that the city has answered.
    if post.city_answer:
        return Ruling(_("市の回答は取り下げられません。直すときは、編集してください。"))
    if post.state not in (State.VISIBLE, State.HELD):
        return Ruling(_("この投稿は取り下げられません。"))
    return ALLOWED


def can_look_under_masks(actor: Actor, post: Post | PostView) -> Ruling:
    """Whether the person may see the words that are masked, and be noted down for it."""
    if not (ruling := can_take_part(actor)) or not (ruling := can_read(actor, post.board_kind)):
        return ruling
    if actor.wrote(post.author_id) or (actor.moderates(post.board_id) and post.state != State.WITHDRAWN):
        return ALLOWED
    return Ruling(_("伏せた文字は、書いた人とこの会議室の審査の担当者だけが見られます。"))


def shown_title(state: str, title: str) -> str:
    """A topic outlives its opening post; the words of the title do not."""
    if state == State.HIDDEN:
        return _("（公開をやめた話題）")
    if state == State.WITHDRAWN:
        return _("（取り下げられた話題）")
    return title


def kept_title(state: str, title: str) -> str:
    """As moderators of its board read it: also what is hidden, and not what its author took back."""
    return shown_title(state, title) if state == State.WITHDRAWN else title


def title_for(actor: Actor, board_id: int, state: str, title: str) -> str:
    return kept_title(state, title) if actor.moderates(board_id) else shown_title(state, title)


def titled_for(actor: Actor, post: PostView) -> PostView:
    """The post under the title that the person may read."""
    return replace(post, topic_title=title_for(actor, post.board_id, post.topic_state, post.topic_title))


def for_reader(actor: Actor, post: PostView) -> PostView:
    """The post with its words, or as a tombstone for those who may not read them.

    In a thread a withdrawn post is a tombstone for its author too: it is gone, and looks gone.
    """
    readable = post.state != State.WITHDRAWN and can_read_words(actor, post)
    return post if readable else replace(post, html="")


def for_everyone(post: PostView) -> PostView:
    """What a socket may carry: words only while the post is visible."""
    return post if post.state == State.VISIBLE else replace(post, html="")


def revision_hash(*, post_id: int, number: int, raw: str, author: str, created_at: datetime) -> str:
    """The hash of a revision; docs/provenance.md describes it field by field."""
    return proof.digest(
        {"author": author, "number": number, "post": post_id, "raw": raw, "time": proof.moment(created_at)}
    )
