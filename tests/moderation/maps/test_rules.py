"""What may be asked, when, in which order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from forum.access import Actor, Role
from forum.errors import Invalid
from moderation.maps import rules
from moderation.maps.rules import Asking, Map, Point, Stage

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
OPEN = Map(1, 1, NOW - timedelta(days=1), NOW + timedelta(days=1), None, None)
RESIDENT = Actor(id=1, role=Role.RESIDENT, confirmed=True)
THREE = "1 あ\n2 い\n3 う"


def points(*priorities: float) -> list[Point]:
    return [Point(at, at, at, at, "文", priority) for at, priority in enumerate(priorities, 1)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (THREE, [(1, "あ"), (2, "い"), (3, "う")]),
        ("\n１．あ\n\n 2　い\n2: いろ\n", [(1, "あ"), (2, "い"), (2, "いろ")]),
    ],
)
def test_each_line_is_a_point_of_a_group(typed: str, found: list[tuple[int, str]]) -> None:
    assert rules.statements(typed, {1, 2, 3}) == found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"{THREE}\n4 え", "「4 え」"),
        (f"{THREE}\nえ", "「え」"),
        (f"{THREE}\n1", "「1」"),
        ("1 あ\n2 い", "3行から"),
        ("\n".join(["1 あ"] * 101), "100行"),
        (f"{THREE}\n1 {'あ' * 121}", "120文字"),
    ],
)
def test_a_wrong_line_is_named(typed: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.statements(typed, {1, 2, 3})
    assert said in refused.value.fields["points"]


def test_the_last_day_counts_to_its_end_in_the_town() -> None:
    asking = Asking.model_validate({"points": THREE, "last_day": "2026-04-02"})
    closes = asking.closes_at(NOW, TOKYO)
    assert closes == datetime(2026, 4, 2, 15, tzinfo=UTC)
    assert replace(OPEN, closes_at=closes).until.astimezone(TOKYO).day == 2


@pytest.mark.parametrize("day", ["2026-03-31", "2026-12-31"])
def test_the_last_day_lies_ahead_and_not_too_far(day: str) -> None:
    with pytest.raises(Invalid):
        Asking.model_validate({"points": THREE, "last_day": day}).closes_at(NOW, TOKYO)


def test_a_map_is_open_then_closed_then_drawn() -> None:
    assert rules.stage(OPEN, OPEN.until) is Stage.OPEN
    assert rules.stage(OPEN, OPEN.closes_at) is Stage.CLOSED
    assert rules.stage(replace(OPEN, drawn_at=NOW), OPEN.closes_at) is Stage.DRAWN


def test_only_residents_answer_and_only_in_time() -> None:
    assert rules.can_answer(RESIDENT, OPEN, NOW)
    assert "住民" in str(rules.can_answer(replace(RESIDENT, role=Role.STAFF), OPEN, NOW).reason)
    assert rules.can_answer(RESIDENT, OPEN, OPEN.closes_at).reason == "締め切りました。"


def test_a_person_is_asked_what_they_have_not_answered_until_nothing_is_left() -> None:
    asked, answered = points(1, 1, 1), set[int]()
    while following := rules.next_point(asked, answered, "p-1"):
        assert rules.next_point(asked, answered, "p-1") == following
        answered.add(following.id)
    assert answered == {1, 2, 3}


def test_a_point_of_twice_the_priority_comes_first_twice_as_often() -> None:
    first = [rules.next_point(points(2, 1), (), f"p-{n}") for n in range(3000)]
    share = sum(point is not None and point.id == 1 for point in first) / 3000
    assert share == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.parametrize(("number", "answered", "left"), [(12, 5, 2), (12, 9, 0), (4, 1, 3)])
def test_it_says_how_many_answers_count_for_certain(number: int, answered: int, left: int) -> None:
    assert rules.still_needed(points(*[1.0] * number), answered, 7) == left
