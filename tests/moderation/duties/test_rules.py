"""The rota as plain functions: who may be entered when, where the gaps are, and whom to ask first."""

from datetime import UTC, date, datetime, timedelta

import pytest

from forum.access import Actor, Role
from forum.boards.rules import Board, Kind
from forum.errors import Invalid
from forum.icalendar import LINE_MAX
from forum.validating import validated
from moderation.duties.calendar import calendar
from moderation.duties.rules import WEEKS, Duty, Entry, able, lacking_in_entry, on_day, stand_in, weeks

TODAY = date(2026, 4, 1)  # a Wednesday
DAY = timedelta(days=1)
ONE, TWO = (
    Board(n, f"b{n}", f"会議室{n}", f"Room {n}", "", "", Kind.OFFICIAL, n, None, None) for n in (1, 2)
)


def duty(account_id: int, board_id: int | None = None, day: date = TODAY, name: str = "会議室1") -> Duty:
    return Duty(
        1, account_id, "当番さん", board_id, name if board_id else None, "Room" if board_id else None, day
    )


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (TODAY, TODAY, None),
        (TODAY, TODAY + 30 * DAY, None),
        (TODAY - DAY, TODAY, "start"),
        (TODAY + 366 * DAY, TODAY + 366 * DAY, None),
        (TODAY + 366 * DAY, TODAY + 367 * DAY, "end"),
    ],
)
def test_the_days_lie_ahead_and_not_too_far(start: date, end: date, field: str | None) -> None:
    entry = Entry(account_id=1, start=start, end=end)
    assert [*lacking_in_entry(entry, TODAY)] == ([field] if field else [])


@pytest.mark.parametrize("days", [-1, 31, 365])
def test_a_span_has_some_days_and_not_too_many(days: int) -> None:
    with pytest.raises(Invalid) as refused:
        validated(Entry, {"account_id": "1", "start": str(TODAY), "end": str(TODAY + days * DAY)})
    assert [*refused.value.fields] == ["end"]


def test_every_day_of_a_span_is_meant() -> None:
    assert Entry(account_id=1, start=TODAY, end=TODAY + 2 * DAY).days == [TODAY, TODAY + DAY, TODAY + 2 * DAY]


def test_weeks_begin_on_monday() -> None:
    found = weeks(TODAY)
    assert (len(found), found[0][0], found[0][2], found[-1][-1]) == (
        WEEKS,
        date(2026, 3, 30),
        TODAY,
        date(2026, 4, 26),
    )
    assert {len(week) for week in found} == {7}


@pytest.mark.parametrize(
    ("duties", "gaps"),
    [
        ([], [ONE, TWO]),
        ([duty(1, ONE.id)], [TWO]),
        ([duty(1, ONE.id), duty(2, TWO.id)], []),
        ([duty(1)], []),  # on every board
        ([duty(1, day=TODAY + DAY)], [ONE, TWO]),
    ],
)
def test_a_gap_is_a_board_that_nobody_looks_after(duties: list[Duty], gaps: list[Board]) -> None:
    assert on_day(TODAY, duties, [ONE, TWO]).gaps == gaps


def test_whoever_has_the_fewest_days_is_asked_first_and_nobody_twice_on_a_day() -> None:
    people = [Actor(id=n) for n in (1, 2, 3)]
    mine, next_day = duty(1), duty(2, day=TODAY + DAY)
    assert stand_in(mine, people[1:], [mine, next_day]) == people[2]
    assert stand_in(mine, people[1:], [mine, duty(3)]) == people[1]
    assert stand_in(mine, people[1:], [mine, duty(2), duty(3)]) is None


def test_who_may_be_on_duty_where() -> None:
    here = Actor(id=1, confirmed=True, role=Role.RESIDENT, moderates_boards=frozenset({ONE.id}))
    everywhere = Actor(id=2, confirmed=True, role=Role.MODERATOR)
    staff = Actor(id=3, confirmed=True, role=Role.STAFF, section_id=ONE.id)
    found = able([here, everywhere, staff], [ONE, TWO])
    assert {place: [one.id for one in people] for place, people in found.items()} == {
        None: [2],
        ONE.id: [1, 2],
        TWO.id: [2],
    }


def test_a_calendar_has_whole_days_lines_that_fit_and_nothing_that_breaks_them() -> None:
    name = "みどり; 水, 土\\の部屋" + "長い名前" * 12
    text = calendar(
        [duty(1, ONE.id, name=name), duty(1)],
        datetime(2026, 4, 1, 3, tzinfo=UTC),
        "room.test",
        "https://room.test/rota",
    )
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= LINE_MAX for line in lines)
    assert (
        "".join(line[1:] if line.startswith(" ") else f"\n{line}" for line in lines).count("BEGIN:VEVENT")
        == 2
    )
    whole = text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20260401\r\nDTEND;VALUE=DATE:20260402\r\n" in whole
    assert "SUMMARY:審査の当番（みどり\\; 水\\, 土\\\\の部屋" in whole
    assert "SUMMARY:審査の当番（すべての会議室）\r\n" in whole
    assert "\r\nNAME:審査の当番\r\nX-WR-CALNAME:審査の当番\r\n" in whole
    assert text.endswith("END:VCALENDAR\r\n")
