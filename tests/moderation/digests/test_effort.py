"""The simulated clerk; how many of its acts our proposal saves is tried with its quality."""

import pytest

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
