"""The procedure: its stages, their periods, and who takes which step.

Somebody says that a post infringes their rights. Its author is asked, and has seven days to object, two if the person is
a candidate in an election; whoever then hides the post is not liable to its author (情報流通プラットフォーム対処法 3条2項,
4条). A city is not bound to the periods in which large platforms answer, but keeps them.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from forum.access import ALLOWED, Actor, Ruling
from forum.boards.rules import can_read
from forum.clock import last_moment
from forum.i18n import N_, _
from forum.posts.rules import State
from moderation.rights.rules.requests import ANSWERS, OUTCOMES, Filed, Kind, Step

# Full days that the author has, not counting the day of the question (民法 140条).
DAYS_TO_OBJECT = 7
DAYS_TO_OBJECT_TO_A_CANDIDATE = 2
# Within these, somebody looks at a new request and asks the author or decides; and decides when the author's time is over.
DAYS_TO_ASK = 2
DAYS_TO_DECIDE = 7
# This long before a period ends, those who have to act are reminded.
REMINDED_BEFORE = timedelta(days=1)


class Stage(StrEnum):
    """Where a request is, and so who has to act."""

    RECEIVED = "received"
    ASKED = "asked"
    SILENT = "silent"
    ANSWERED = "answered"
    DECIDED = "decided"


STAGE_NAMES = {
    Stage.RECEIVED: N_("受付"),
    Stage.ASKED: N_("書いた人の答えを待っています"),
    Stage.SILENT: N_("答えがないまま期限が過ぎました"),
    Stage.ANSWERED: N_("書いた人が答えました"),
    Stage.DECIDED: N_("結論が出ました"),
}


def period_end(start: datetime, days: int, zone: tzinfo) -> datetime:
    """The midnight with which the last of so many full days ends in the town; the day of `start` does not count."""
    last = start.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), zone)


def answer_due(asked_at: datetime, *, candidate: bool, zone: tzinfo) -> datetime:
    """Until when the author may object."""
    return period_end(asked_at, DAYS_TO_OBJECT_TO_A_CANDIDATE if candidate else DAYS_TO_OBJECT, zone)


def the_step(steps: Sequence[Step], *kinds: Kind) -> Step | None:
    return next((step for step in steps if step.kind in kinds), None)


def stage(steps: Sequence[Step], now: datetime) -> Stage:
    """Read from what happened, and from the clock where the author stays silent."""
    if the_step(steps, *OUTCOMES):
        return Stage.DECIDED
    if the_step(steps, *ANSWERS):
        return Stage.ANSWERED
    asked = the_step(steps, Kind.ASKED)
    if asked is None:
        return Stage.RECEIVED
    assert asked.due_at is not None
    return Stage.SILENT if now >= asked.due_at else Stage.ASKED


def until(filed_at: datetime, steps: Sequence[Step], now: datetime, zone: tzinfo) -> datetime | None:
    """The last moment that is in time for the next step."""
    end = due(filed_at, steps, now, zone)
    return end and last_moment(end)


def due(filed_at: datetime, steps: Sequence[Step], now: datetime, zone: tzinfo) -> datetime | None:
    """When the time for the next step is over, whoever has to take it."""
    at, asked, answered = stage(steps, now), the_step(steps, Kind.ASKED), the_step(steps, *ANSWERS)
    if at is Stage.RECEIVED:
        return period_end(filed_at, DAYS_TO_ASK, zone)
    if at is Stage.ANSWERED and answered:
        return period_end(answered.taken_at, DAYS_TO_DECIDE, zone)
    if at is Stage.SILENT and asked and asked.due_at:
        # The midnight belongs to the day that ended with it.
        return period_end(last_moment(asked.due_at), DAYS_TO_DECIDE, zone)
    return asked.due_at if at is Stage.ASKED and asked else None


def waits_for_moderators(filed_at: datetime, steps: Sequence[Step]) -> tuple[datetime, datetime] | None:
    """From when the queue shows it, and by when: some hours before the day ends that is named to people."""
    if the_step(steps, *OUTCOMES):
        return None
    asked, answered = the_step(steps, Kind.ASKED), the_step(steps, *ANSWERS)
    since = (answered and answered.taken_at) or (asked and asked.due_at) or filed_at
    return since, since + timedelta(days=DAYS_TO_DECIDE if asked else DAYS_TO_ASK)


def needs_reminder(filed_at: datetime, steps: Sequence[Step], now: datetime, zone: tzinfo) -> bool:
    """Once for each stage in which a moderator has to act; the author's own period reminds nobody else."""
    at, end = stage(steps, now), due(filed_at, steps, now, zone)
    if end is None or at in (Stage.ASKED, Stage.DECIDED) or now < end - REMINDED_BEFORE:
        return False
    begins = max((step.taken_at for step in steps if step.kind != Kind.REMINDED), default=filed_at)
    if at is Stage.SILENT and (asked := the_step(steps, Kind.ASKED)) and asked.due_at:
        begins = asked.due_at
    return not any(step.kind == Kind.REMINDED and step.taken_at >= begins for step in steps)


def can_handle(actor: Actor, filed: Filed) -> Ruling:
    """Moderators of the board, and nobody about their own words."""
    if not can_read(actor, filed.board_kind) or not actor.moderates(filed.board_id):
        return Ruling(_("この会議室の審査の担当者だけができます。"))
    if actor.suspended or not actor.confirmed:
        return Ruling(_("この会議室の審査の担当者だけができます。"))
    if actor.wrote(filed.author_id):
        return Ruling(_("自分の投稿についての申出は扱えません。ほかの担当者が扱います。"))
    return ALLOWED


def can_open(actor: Actor, filed: Filed) -> Ruling:
    """Who asked is for those who answer for the whole room, not for the residents who moderate a board."""
    if not (ruling := can_handle(actor, filed)):
        return ruling
    if not actor.moderates_everywhere:
        return Ruling(_("申し出た人の名前は、市の審査の担当者だけが見られます。"))
    if filed.sealed is None:
        return Ruling(_("申し出た人の名前と連絡先は、保存の期間が終わったので消しました。"))
    return ALLOWED


def can_reply(actor: Actor, filed: Filed, steps: Sequence[Step], now: datetime) -> Ruling:
    """The author of the post, once asked, until the time is over or there is a decision; suspended or not."""
    if not actor.wrote(filed.author_id):
        return Ruling(_("投稿を書いた人だけが答えられます。"))
    if stage(steps, now) is Stage.ASKED:
        return ALLOWED
    if the_step(steps, *ANSWERS):
        return Ruling(_("もう答えを受け取っています。"))
    return Ruling(_("答える期間ではありません。"))


def can_ask(stage: Stage, post_state: str, *, author_hears: bool) -> bool:
    return author_hears and stage is Stage.RECEIVED and post_state in (State.VISIBLE, State.HELD)


def is_shown_again(steps: Sequence[Step], post_state: str) -> bool:
    """Whether everybody reads a post of which whoever asked was told that it is not public (any more)."""
    return post_state == State.VISIBLE and the_step(steps, Kind.GRANTED, Kind.GONE) is not None


def outcomes(stage: Stage, post_state: str) -> tuple[Kind, ...]:
    """What may be decided now. Nobody decides while the author was promised time to answer, unless they took the post back
    themselves; a request may be refused, and a clear infringement hidden, without asking."""
    if stage is Stage.DECIDED or (stage is Stage.ASKED and post_state != State.WITHDRAWN):
        return ()
    if post_state in (State.VISIBLE, State.HELD):
        return (Kind.GRANTED, Kind.REFUSED)
    return (Kind.GONE,)
