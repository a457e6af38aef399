"""When somebody is reminded of what is late, and who, as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forum.access import Actor, Role
from forum.boards.rules import Board, Kind
from moderation.reminders.rules import EARLY, Late, circles, reminders, step_of, step_towards, told

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HERE, ELSEWHERE = 1, 2
DUE = NOW - HOUR


def person(number: int, role: Role = Role.RESIDENT, **offices: object) -> Actor:
    return replace(Actor(id=number, role=role, confirmed=True), **offices)


DUTY = person(1, moderates_boards=frozenset({HERE}))
HERES = person(2, moderates_boards=frozenset({HERE}))
THERES = person(3, moderates_boards=frozenset({ELSEWHERE}))
EVERYWHERE = person(4, Role.MODERATOR)
SECTION = person(5, Role.STAFF, section_id=HERE)
STAFF = person(6, Role.STAFF, section_id=ELSEWHERE)
ADMINISTRATOR = person(7, Role.ADMINISTRATOR)
FACILITATOR = person(8, facilitates_boards=frozenset({HERE}))
TOWN = (DUTY, HERES, THERES, EVERYWHERE, SECTION, STAFF, ADMINISTRATOR, FACILITATOR)


def board(kind: Kind = Kind.OFFICIAL, section_id: int | None = HERE) -> Board:
    return Board(HERE, "midori", "環境", "Nature", "", "", kind, section_id, None, None)


def late(*barred: int, reminded: int | None = None, due_at: datetime = DUE) -> Late:
    return Late("held", 1, HERE, due_at, barred, reminded)


@pytest.mark.parametrize(
    ("overdue", "step"),
    [
        (-HOUR, -1),
        (timedelta(0), 0),
        (DAY - HOUR, 0),
        (DAY, 1),
        (3 * DAY - HOUR, 1),
        (3 * DAY, 2),
        (7 * DAY - HOUR, 2),
        (7 * DAY, 3),
        (14 * DAY - HOUR, 3),
        (14 * DAY, 4),  # and every week, as long as it waits
        (70 * DAY, 12),
    ],
)
def test_it_is_told_when_the_time_is_over_and_then_less_and_less_often(overdue: timedelta, step: int) -> None:
    assert step_of(overdue) == step


@pytest.mark.parametrize(
    ("due", "later", "step"),
    [
        (7, 3.9, None),
        (7, 4, EARLY),
        (7, 6.9, EARLY),
        (7, 7, 0),
        (7, 8, 1),
        (7, 10, 2),
        (7, 14, 3),
        (7, 21, 4),
        # Whoever has three days or less has just heard of it.
        (3, 0, None),
        (3, 2, None),
        (2, 1, None),
        (2, 2, 0),
    ],
)
def test_reminders_come_once_before_the_day_and_ever_more_seldom_after(
    due: float, later: float, step: int | None
) -> None:
    assert step_towards(NOW + due * DAY, NOW, NOW + later * DAY) == step


@pytest.mark.parametrize(
    ("people", "on_duty", "step", "who"),
    [
        # Whoever is on duty first, then every moderator of the board, its section, the administrators.
        (TOWN, {1}, 0, (1,)),
        (TOWN, {1}, 1, (1, 2, 4)),
        (TOWN, {1}, 2, (1, 2, 4, 5)),
        (TOWN, {1}, 3, (1, 2, 4, 5, 7)),
        (TOWN, {1}, 9, (1, 2, 4, 5, 7)),
        # Nobody on duty, or somebody who has no say here: all moderators at once.
        (TOWN, set(), 0, (1, 2, 4)),
        (TOWN, {3, 5, 8}, 0, (1, 2, 4)),
        # An administrator may be on duty, and decides where there are no moderators.
        (TOWN, {7}, 0, (7,)),
        ((SECTION, ADMINISTRATOR), set(), 0, (7,)),
        ((SECTION, ADMINISTRATOR), set(), 2, (7, 5)),
        # Where nobody can decide, the section hears at once; where nobody is, nobody.
        ((SECTION, STAFF), set(), 0, (5,)),
        ((STAFF, FACILITATOR, THERES), set(), 3, ()),
    ],
)
def test_one_more_circle_hears_with_each_step(
    people: tuple[Actor, ...], on_duty: set[int], step: int, who: tuple[int, ...]
) -> None:
    assert tuple(one.id for one in told(circles(people, late(), board(), on_duty), step)) == who


def test_nobody_hears_of_what_they_may_not_decide_on() -> None:
    assert [one.id for one in told(circles(TOWN, late(1), board(), {1}), 0)] == [2, 4]
    assert [one.id for one in told(circles(TOWN, late(1, 2, 4), board(), {1}), 0)] == [7]


def test_the_staff_room_is_told_only_to_those_who_may_enter_it() -> None:
    assert [one.id for one in told(circles(TOWN, late(), board(Kind.STAFF), {1}), 3)] == [7, 5]


def test_a_board_without_a_section_goes_on_to_the_administrators() -> None:
    nobodys = person(9, Role.STAFF)
    assert [
        one.id for one in told(circles((nobodys, HERES, ADMINISTRATOR), late(), board(section_id=None)), 3)
    ] == [
        2,
        7,
    ]


@pytest.mark.parametrize(
    ("reminded", "due_at", "steps"),
    [
        (None, NOW + HOUR, []),
        (None, NOW, [0]),
        (0, DUE, []),
        (0, NOW - DAY, [1]),
        (1, NOW - DAY, []),
        # What was late for long before anybody was reminded is told once, not once for each step.
        (None, NOW - 30 * DAY, [6]),
    ],
)
def test_each_step_is_told_once(reminded: int | None, due_at: datetime, steps: list[int]) -> None:
    waiting = [late(reminded=reminded, due_at=due_at)]
    found = reminders(waiting, TOWN, {HERE: board()}, (), NOW)
    assert [one.step for one in found] == steps


def test_a_step_that_nobody_can_hear_is_not_taken() -> None:
    assert [*reminders([late()], (STAFF,), {HERE: board()}, (), NOW)] == []
