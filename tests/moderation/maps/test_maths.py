"""The mathematics of opinion maps on small examples, worked out by hand where a hand can."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.maps.maths import (
    Representative,
    Votes,
    common,
    counted,
    extremity,
    group_aware_consensus,
    groups_of,
    places,
    priorities,
    representatives,
    space_of,
    tally,
)
from moderation.maps.maths.clustering import k_means, silhouette
from moderation.maps.maths.representing import one_proportion, two_proportions
from moderation.maps.parameters import POLIS

NAN = float("nan")
# Point 0 unites, 1 and 2 divide, nobody knows 3, only some answered 4.
CAMP = [1.0, 1.0, -1.0, 0.0, NAN]
OTHER = [1.0, -1.0, 1.0, 0.0, 1.0]


def two_camps(first: int = 8, second: int = 6) -> Votes:
    """Two camps, in each of which one person differs a little, so that not all stand at one place."""
    votes = np.array([CAMP] * first + [OTHER] * second)
    votes[0, 3], votes[first, 3] = 1, -1
    return votes


def labels(votes: Votes, **changed: int) -> list[int]:
    return [int(n) for n in groups_of(places(votes, space_of(votes)), replace(POLIS, **changed))]


def test_people_are_counted_who_answered_seven_points_or_all_there_are() -> None:
    votes = np.full((20, 9), NAN)
    votes[:16, :7], votes[16:, :6] = 1, 1
    assert counted(votes, POLIS).sum() == 16
    assert counted(np.ones((20, 3)), POLIS).all()


def test_while_there_are_few_the_most_diligent_are_counted_too_but_nobody_without_an_answer() -> None:
    votes = np.full((18, 9), NAN)
    for person in range(1, 18):
        votes[person, : person % 7] = 1
    found = np.flatnonzero(counted(votes, POLIS))
    assert len(found) == 15
    assert not {0, 7, 14} & {int(person) for person in found}
    few = np.array([[1.0, NAN], [NAN, NAN]])
    assert counted(few, POLIS).tolist() == [True, False]


def test_a_missing_answer_moves_nobody_and_few_answers_count_for_more() -> None:
    space = space_of(two_camps())
    votes = np.array([[NAN] * 5, CAMP, [NAN, 1, NAN, NAN, NAN]])
    nothing, much, one = places(votes, space)
    assert nothing.tolist() == [0, 0]
    weight = 1 - space.centre[1]
    assert one == pytest.approx(space.axes[:, 1] * weight * np.sqrt(5 / 1))
    assert np.sign(much[0]) == np.sign(one[0])


def test_the_first_axis_is_what_divides_people_most() -> None:
    space = space_of(two_camps())
    assert np.abs(space.axes[0]).argsort()[-2:].tolist() in ([1, 2], [2, 1])
    assert space.axes[0, 0] == pytest.approx(0)
    assert extremity(space)[0] == pytest.approx(0)


def test_two_camps_are_two_groups_the_larger_first() -> None:
    assert labels(two_camps(8, 6)) == [0] * 8 + [1] * 6
    assert labels(two_camps(6, 8)) == [1] * 6 + [0] * 8


def test_no_group_is_smaller_than_it_may_be() -> None:
    assert labels(two_camps(8, 4), smallest_group=5) == [0] * 12
    assert labels(two_camps(8, 5), smallest_group=5) == [0] * 8 + [1] * 5


@pytest.mark.parametrize("votes", [np.ones((6, 4)), np.full((3, 2), NAN), np.ones((1, 1)), np.ones((2, 1))])
def test_where_all_agree_or_nothing_was_said_there_is_one_group(votes: Votes) -> None:
    assert set(labels(votes)) == {0}


def test_k_means_starts_from_the_first_different_points() -> None:
    points = np.array([[0.0, 0], [0, 0], [10, 0], [10, 1], [0, 1]])
    assert k_means(points, np.ones(5), 2).tolist() == [0, 0, 1, 1, 0]
    assert k_means(points, np.ones(5), 9).tolist() == [0, 0, 1, 2, 3]


def test_the_silhouette_is_what_its_definition_says() -> None:
    points = np.array([[0.0, 0], [1, 0], [10, 0]])
    first, second = (10 - 1) / 10, (9 - 1) / 9
    assert silhouette(points, np.array([0, 0, 1])) == pytest.approx((first + second + 0) / 3)


def test_z_values_are_those_of_the_formulas() -> None:
    # 13 of 14 agree: 2·√15·(14/15 − 1/2). Against 13 of 28 of the others, each with a pseudo-count.
    assert one_proportion(np.array([13.0]), np.array([14.0]))[0] == pytest.approx(3.356585566713095)
    p1, p2, p = 14 / 15, 14 / 29, 28 / 44
    expected = (p1 - p2) / np.sqrt(p * (1 - p) * (1 / 15 + 1 / 29))
    found = two_proportions(*(np.array([number]) for number in (13.0, 14.0, 13.0, 28.0)))
    assert found[0] == pytest.approx(expected)
    assert two_proportions(*(np.array([number]) for number in (5.0, 5.0, 5.0, 5.0)))[0] == 0


def test_a_group_is_represented_by_what_sets_it_apart_agreement_first() -> None:
    votes = two_camps()
    counts = tally(votes, groups_of(places(votes, space_of(votes)), POLIS))
    assert representatives(counts, 0, POLIS) == [Representative(1, True), Representative(2, False)]
    assert representatives(counts, 1, POLIS)[0] == Representative(2, True)
    assert Representative(1, False) in representatives(counts, 1, POLIS)


def test_only_the_points_asked_for_represent_a_group() -> None:
    votes = two_camps()
    counts = tally(votes, groups_of(places(votes, space_of(votes)), POLIS))
    assert {one.point for one in representatives(counts, 0, POLIS, [0, 2])} <= {0, 2}
    assert representatives(counts, 0, POLIS, []) == []


def test_what_unites_is_no_sum_in_which_a_large_group_outvotes_a_small_one() -> None:
    votes = two_camps(20, 5)
    counts = tally(votes, np.array([0] * 20 + [1] * 5))
    found = group_aware_consensus(counts.agreed, counts.answered)
    assert found[0] == pytest.approx(21 / 22 * 6 / 7)
    assert found[1] == pytest.approx(21 / 22 * 1 / 7)
    assert common(votes, POLIS).agreed[:2] == [0, 1]


def test_a_new_point_is_asked_before_one_that_many_passed_over() -> None:
    new, passed_over = 0, 1
    found = priorities(
        np.array([0.0, 2.0]), np.array([0.0, 20.0]), np.array([0.0, 24.0]), np.array([0.0, 0.5])
    )
    assert found[new] == pytest.approx((0.5 * 0.5 * 9) ** 2)
    assert found[passed_over] < found[new]


answers = st.lists(
    st.lists(st.sampled_from([1.0, -1.0, 0.0, NAN]), min_size=6, max_size=6), min_size=1, max_size=25
)


@given(answers)
def test_any_answers_give_a_map_in_which_nobody_is_lost_and_alike_people_stand_together(
    rows: list[list[float]],
) -> None:
    votes = np.array(rows)
    found = labels(votes, smallest_group=3)
    sizes = np.bincount(found)
    assert len(found) == len(rows)
    assert list(sizes) == sorted(sizes, reverse=True)
    assert len(sizes) == 1 or sizes.min() >= 3
    assert labels(votes, smallest_group=3) == found
    for one in range(len(rows)):
        same = [
            other for other in range(len(rows)) if np.array_equal(votes[one], votes[other], equal_nan=True)
        ]
        assert {found[other] for other in same} == {found[one]}
