"""Keeping a topic in order: ending, opening, slowing, pinning and moving it, and hiding its polls. Each act says why, and has
its inverse."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from forum.access import Actor
from forum.i18n import N_
from forum.text import Paragraphs, sized
from moderation.reviews.acts import Act
from moderation.reviews.rules import REASON_MAX, RowId, RuleNumber, role_of

MINUTES = (1, 5, 15, 60, 360, 1440)
HOURS = {3: N_("3時間"), 24: N_("1日"), 72: N_("3日"), 168: N_("1週間")}
FACILITATOR = "facilitator"
# What takes something from those who talk there, and what gives it back; of a move or a transfer it is that back.
TAKEN_BACK_BY = {
    Act.LOCK: Act.UNLOCK,
    Act.SLOW: Act.UNSLOW,
    Act.MOVE: Act.MOVE,
    Act.HIDE_POLLS: Act.SHOW_POLLS,
    Act.HIDE_POLL: Act.SHOW_POLL,
    Act.TRANSFER: Act.TRANSFER,
}


class Keeping(BaseModel):
    """The form: what to do and why; how slow, and for how long; where to."""

    act: Act
    reason: Annotated[Paragraphs, sized(1, REASON_MAX)]
    minutes: Annotated[int, Field(ge=1, le=max(MINUTES))] = 5
    hours: Annotated[int, Field(ge=1, le=max(HOURS))] = 24
    board_id: RowId = 0
    # Of hiding: what the question or an option breaks.
    rule: RuleNumber = None
    # The one that is hidden by itself, and the one that is shown again.
    poll_id: RowId = 0
    shown_id: RowId = 0

    @property
    def lasting(self) -> timedelta:
        return timedelta(hours=self.hours)


def keeping_acts(
    *, locked: bool, slow: bool, pinned: bool, polls_hidden: bool | None = None
) -> tuple[Act, ...]:
    """A topic that takes no more posts need not be slow. Without polls, or for who judges no words, `polls_hidden` is None."""
    flow = (Act.UNLOCK,) if locked else (Act.LOCK, Act.UNSLOW if slow else Act.SLOW)
    polls = {None: (), False: (Act.HIDE_POLLS,), True: (Act.SHOW_POLLS,)}[polls_hidden]
    return (*flow, Act.UNPIN if pinned else Act.PIN, Act.MOVE, *polls)


def role_in(actor: Actor, board_id: int) -> str:
    """In which role somebody keeps the topics of a board."""
    return role_of(actor).value if actor.moderates(board_id) else FACILITATOR
