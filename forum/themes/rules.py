"""Proposals for a new theme: who proposes and supports them, how many it takes, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Ruling, can_speak, can_take_part
from forum.boards.rules import Board, Kind, can_read
from forum.clock import last_moment
from forum.i18n import _
from forum.posts.rules import State
from forum.text import RowId
from forum.topics.rules import Opening

LASTS = timedelta(days=90)
# What is not shown when its time is over may be shown again, as after an appeal: how often one looks, for as long again.
LOOKS_AGAIN = timedelta(days=1)
THEMES_SHOWN = 30
OPENED_SHOWN = 10


class Proposal(Opening):
    """The form: a title, why it should be discussed, and on which board."""

    board_id: RowId


class Wish(BaseModel):
    """The button under a proposal."""

    wish: Literal["support", "withdraw"]


@dataclass(frozen=True, slots=True)
class Theme:
    """A proposed theme. `state`: that of its post; `supported`: how many supported it when it began;
    `changes`: how often its supporters changed, as two counts may be the same."""

    id: int
    title: str
    state: str
    author_id: int
    board_slug: str
    board_kind: str
    board_name: str
    board_name_en: str
    pen_name: str
    post_id: int
    needs: int
    ends_at: datetime
    supported: int | None
    changes: int
    supports: int

    @property
    def until(self) -> datetime:
        """The last moment that is in time."""
        return last_moment(self.ends_at)

    @property
    def lacks(self) -> int:
        """How many supporters are missing."""
        return max(0, self.needs - self.supports)


def may_return(theme: Theme, now: datetime) -> bool:
    """Whether it is not shown when its time is over, and may yet be."""
    unseen = theme.supported is None and theme.state in (State.HELD, State.HIDDEN)
    return unseen and theme.ends_at <= now < theme.ends_at + LASTS


def has_ended(theme: Theme, now: datetime) -> bool:
    """Whether it waited in vain, for all to see."""
    return theme.supported is None and theme.state == State.VISIBLE and now >= theme.ends_at


def offered(boards: list[Board]) -> list[Board]:
    """Where a theme may be proposed: what residents talk about is for everybody to read."""
    return [board for board in boards if board.kind != Kind.STAFF]


def can_see(actor: Actor, theme: Theme) -> Ruling:
    """How many support it is told of what everybody may read."""
    if not (ruling := can_read(actor, theme.board_kind)):
        return ruling
    if theme.state != State.VISIBLE:
        return Ruling(_("この提案は、いま公開されていません。"))
    return ALLOWED


def can_propose(actor: Actor) -> Ruling:
    if not (ruling := can_speak(actor)):
        return ruling
    if actor.is_staff:
        return Ruling(_("テーマの提案は、市民のためのものです。職員は、会議室に話題を出してください。"))
    return ALLOWED


def can_support(actor: Actor, theme: Theme, now: datetime) -> Ruling:
    """Supporting, and taking that back: every resident, as long as it waits."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.works_for_city:
        return Ruling(_("市民の支持を数えるため、職員は支持できません。"))
    if theme.supported is not None:
        return Ruling(_("このテーマは、もう始まっています。"))
    if theme.state != State.VISIBLE:
        return Ruling(_("この提案は、いま公開されていません。"))
    if now >= theme.ends_at:
        return Ruling(_("この提案の期限は過ぎました。"))
    return ALLOWED
