"""The simulated clerk, and that our proposal saves it a quarter of its acts on a town's plan."""

import pytest

from tests.bench.digest_quality import baselines, proposed, town_plan
from tests.bench.staff_effort import acts


@pytest.mark.parametrize(
    ("found", "splits", "moves", "merges"),
    [
        ([1, 1, 2, 2], 0, 0, 0),
        ([1, 1, 1, 1], 1, 0, 0),
        ([1, 2, 3, 4], 0, 0, 2),
        ([1, 1, 1, 2], 0, 1, 0),
        ([None, None, None, None], 2, 0, 0),
        ([1, None, 2, None], 0, 2, 0),
    ],
)
def test_the_clerk_takes_the_fewest_acts(
    found: list[int | None], splits: int, moves: int, merges: int
) -> None:
    done = acts(["a", "a", "b", "b"], found).done
    assert (done["split"], done["move"], done["merge"]) == (splits, moves, merges)


def test_our_proposal_saves_a_quarter_of_the_acts_against_the_empty_desk_and_the_baselines() -> None:
    given = town_plan()
    groups = len(set(given.labels))
    ours = acts(given.labels, proposed(given.texts)).total
    found: list[list[int | None]] = [[None] * len(given.texts), *baselines(given.texts, groups).values()]
    assert all(ours <= 0.75 * acts(given.labels, other).total for other in found)
