"""What is published of a set of answers, and what is not."""

from collections.abc import Iterable
from random import Random
from typing import Any

import pytest

from forum.proof import canonical
from moderation.maps.charting import charted, manifest_of, priorities_of, sheets
from moderation.maps.parameters import PRIVATE
from moderation.maps.picture import pictured
from moderation.maps.queries import Given

CAMP, OTHER = "++-0+", "+-+0+"


def given(*answers: str) -> Iterable[Given]:
    values = {"+": 1, "-": -1, "0": 0}
    for person, sheet in enumerate(answers):
        yield from (Given(person, at, values[sign]) for at, sign in enumerate(sheet, 1) if sign != ".")


def chart(*answers: str) -> dict[str, Any]:
    return charted(sheets(given(*answers), len(answers[0])))


def test_sheets_carry_no_name_and_no_order_of_people() -> None:
    assert sheets(given("+..", ".-0"), 3) == sheets(given(".-0", "+.."), 3)
    assert set(sheets(given("+..", ".-0"), 3)) == {"+..", ".-0"}


def test_two_camps_and_what_unites_them() -> None:
    outcome = chart(*[CAMP] * 8, *[OTHER] * 6)
    assert [group["people"] for group in outcome["groups"]] == [8, 6]
    assert [one["point"] for one in outcome["agreed"]] == [1, 5]
    assert outcome["agreed"][0]["consensus"] == pytest.approx(9 / 10 * 7 / 8)
    assert {"point": 2, "agrees": True} in outcome["groups"][0]["represented_by"]
    assert {"point": 2, "agrees": False} in outcome["groups"][1]["represented_by"]
    assert outcome["points"][1]["all"] == {"agreed": 8, "disagreed": 6, "passed": 0}


def test_who_came_first_makes_no_difference() -> None:
    answers = [*[CAMP] * 7, *[OTHER] * 9, "+00-.", "-+0.+"]
    shuffled = Random(1).sample(answers, len(answers))
    assert canonical(chart(*answers)) == canonical(chart(*shuffled))


def test_a_camp_of_fewer_than_five_is_no_group_of_its_own() -> None:
    outcome = chart(*[CAMP] * 12, *[OTHER] * 4)
    assert [group["people"] for group in outcome["groups"]] == [16]
    assert outcome["groups"][0]["represented_by"] == []


@pytest.mark.parametrize("answers", [[], [CAMP] * 4])
def test_of_fewer_than_five_people_nothing_is_published(answers: list[str]) -> None:
    outcome = charted(answers)
    assert outcome["counted"] == len(answers)
    assert not any(outcome[part] for part in ("groups", "points", "agreed", "disagreed"))


def test_a_point_that_fewer_than_five_answered_unites_nobody() -> None:
    """Where all are one group, three of its people are too few to hide one another."""
    outcome = chart(*["++"] * 3, *["+."] * 9)
    assert len(outcome["groups"]) == 1
    assert outcome["points"][1] == {"all": None, "groups": None}
    assert [one["point"] for one in outcome["agreed"]] == [1]


def test_where_fewer_than_three_of_a_group_answered_no_group_is_told_apart() -> None:
    """Not even one that is large enough: the other would be the difference."""
    outcome = chart(*[CAMP] * 8, *["+-+0."] * 4, "+-+0+", "+-+0+")
    assert [group["people"] for group in outcome["groups"]] == [8, 6]
    assert outcome["points"][4]["groups"] is None
    assert outcome["points"][4]["all"]["agreed"] == 10
    assert 5 not in {one["point"] for one in outcome["agreed"]}


def test_the_groups_of_a_point_add_up_to_all() -> None:
    random = Random(2)
    answers = ["".join(random.choice("+-0.") for _ in range(9)) for _ in range(40)]
    outcome = charted(answers)
    for point in outcome["points"]:
        for side in ("agreed", "disagreed", "passed"):
            if point["groups"]:
                assert sum(group[side] for group in point["groups"]) == point["all"][side]
    assert sum(group["people"] for group in outcome["groups"]) == outcome["counted"] <= outcome["answered"]


def test_the_manifest_names_method_input_and_output() -> None:
    answers = [CAMP] * 6
    manifest = manifest_of(answers, charted(answers))
    assert manifest["parameters"]["smallest_group"] == PRIVATE.smallest_group == 5
    assert manifest == manifest_of(answers, charted(answers))
    assert manifest["input"] != manifest_of([CAMP] * 7, charted(answers))["input"]


def test_a_point_that_divides_is_asked_before_one_that_is_passed_over() -> None:
    dividing, passed_over = priorities_of([CAMP] * 5 + [OTHER] * 5)[1:4:2]
    assert dividing > passed_over


def test_the_picture_has_a_mark_for_everybody_and_groups_that_do_not_overlap() -> None:
    outcome = chart(*[CAMP] * 8, *[OTHER] * 6)
    picture = pictured(outcome["groups"])
    assert picture is not None
    assert [(circle.letter, len(circle.marks)) for circle in picture.circles] == [("A", 8), ("B", 6)]
    first, second = picture.circles
    apart = ((first.x - second.x) ** 2 + (first.y - second.y) ** 2) ** 0.5
    assert apart > first.radius + second.radius
    for circle in picture.circles:
        assert picture.left < circle.x - circle.radius
        assert circle.x + circle.radius < picture.left + picture.width
    assert pictured(outcome["groups"][:1]) is None


def test_with_many_people_a_mark_stands_for_several() -> None:
    picture = pictured([{"people": 900, "place": [0, 1]}, {"people": 5, "place": [0, 1]}])
    assert picture is not None
    assert picture.each == 3
    assert [len(circle.marks) for circle in picture.circles] == [300, 2]
