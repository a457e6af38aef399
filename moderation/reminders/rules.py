"""What waits past its time, when somebody is reminded of it, and who: in ever wider circles, and never nobody."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.access import ALLOWED, Actor, Role, Ruling, can_take_part
from forum.boards.rules import Board, can_read
from forum.i18n import N_, _

# After the time is over: at once, then after so long; and as long as it waits, every week again.
STEPS = (timedelta(0), timedelta(days=1), timedelta(days=3), timedelta(days=7))
AGAIN = timedelta(days=7)
# The reminder before a day is over, to those who had longer than that.
EARLY, BEFORE = -1, timedelta(days=3)
STEP_NAMES = (
    N_("期限が来たとき"),
    N_("期限の1日後"),
    N_("期限の3日後"),
    N_("期限の1週間後"),
    N_("そのあと1週間ごと"),
)


@dataclass(frozen=True, slots=True)
class Late:
    """An item that waits past its time. `barred`: who may not decide on it; `reminded`: the last step that was told."""

    kind: str
    item_id: int
    board_id: int
    due_at: datetime
    barred: Sequence[int]
    reminded: int | None


@dataclass(frozen=True, slots=True)
class Reminder:
    """One step for one thing, and everybody who hears of it."""

    late: Late
    board: Board
    step: int
    told: Sequence[Actor]


def step_of(overdue: timedelta) -> int:
    """Which step it is by now: 0 as soon as the time is over, -1 before."""
    return sum(span <= overdue for span in STEPS) - 1 + max(0, (overdue - STEPS[-1]) // AGAIN)


def step_towards(due_at: datetime, since: datetime, now: datetime) -> int | None:
    """The same of what somebody was given until a day, who hears of it once before: EARLY, if they had longer than that;
    None: it is time for nothing yet."""
    if now >= due_at:
        return step_of(now - due_at)
    early = due_at - BEFORE
    return EARLY if since < early <= now else None


def step_name(step: int) -> str:
    return _(STEP_NAMES[min(step, len(STEP_NAMES) - 1)])


def circles(
    people: Sequence[Actor], late: Late, board: Board, on_duty: Collection[int] = ()
) -> tuple[list[Actor], ...]:
    """Whoever is on duty; the moderators of the board; the staff of its section; the administrators."""
    able = [one for one in people if can_read(one, board.kind) and one.id not in late.barred]
    deciding = [one for one in able if one.moderates(board.id)]
    administrators = [one for one in able if one.is_administrator]
    return (
        [one for one in deciding if one.id in on_duty],
        # In a town without moderators the administrators are those who decide.
        [one for one in deciding if not one.is_administrator] or administrators,
        [
            one
            for one in able
            if one.role is Role.STAFF and board.section_id is not None and one.section_id == board.section_id
        ],
        administrators,
    )


def told(circles: Sequence[Sequence[Actor]], step: int) -> list[Actor]:
    """One more circle with each step; where a circle is empty, the next one hears at once."""
    found: dict[int | None, Actor] = {}
    for place, circle in enumerate(circles):
        if found and place > step:
            break
        found |= {one.id: one for one in circle}
    return [*found.values()]


def reminders(
    waiting: Sequence[Late],
    people: Sequence[Actor],
    boards: Mapping[int, Board],
    on_duty: Collection[tuple[int, int]],
    now: datetime,
) -> Iterator[Reminder]:
    """What is to be told now. `on_duty`: (account, board). A step that nobody can hear is not taken: the next hour tries
    again."""
    for late in waiting:
        step, board = step_of(now - late.due_at), boards[late.board_id]
        if step < 0 or (late.reminded is not None and step <= late.reminded):
            continue
        today = [account for account, board_id in on_duty if board_id == board.id]
        if found := told(circles(people, late, board, today), step):
            yield Reminder(late, board, step, found)


def can_see_reminders(actor: Actor) -> Ruling:
    """Those whom reminders may reach: numbers only, no words of anybody."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.is_moderator or actor.is_staff:
        return ALLOWED
    return Ruling(_("審査の担当者と、会議室を受け持つ課の職員だけが開けます。"))
