"""The mathematics against five conversations and what the Polis server itself made of them.

docs/opinion-map.md says what agrees exactly, what nearly, and what cannot.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forum.settings import ROOT
from moderation.maps.maths import (
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
from moderation.maps.maths.clustering import Labels, divided
from moderation.maps.parameters import POLIS

REAL: Path = ROOT.parent / "shared" / "data" / "polis-math"
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the reference conversations are not here")

LARGE = ("150ptpt-3gp-no-strict-no-meta", "above-100-ptpts")
# Four answers that its mathematics knows are missing in the export of its votes.
INCOMPLETE = "50ptpt-3gp-strict-no-meta"
SMALL = ("25ptpt-3gp-no-strict-with-meta", INCOMPLETE, "below-100-ptpts")
ALL = (*SMALL, *LARGE)


class Conversation:
    """Votes as a matrix, and the reference: people and points by their place in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.maths: dict[str, Any] = json.loads((REAL / name / "math-pca2.json").read_text())
        rows = [_numbers(row) for row in json.loads((REAL / name / "votes.json").read_text())]
        self.points = sorted(self.maths["tids"])
        self.votes: Votes = np.full((max(person for person, _, _, _ in rows) + 1, len(self.points)), np.nan)
        self.times: dict[int, list[float]] = defaultdict(list)
        for person, point, vote, time in rows:
            self.times[person].append(time)
            if point in self.points:
                self.votes[person, self.points.index(point)] = vote
        self.out = [self.points.index(point) for point in self.maths["mod-out"] if point in self.points]
        self.shown = [point for point in range(len(self.points)) if point not in self.out]
        self.people = sorted(self.maths["in-conv"], key=self.arrival)

    def arrival(self, person: int) -> tuple[float, int]:
        """When somebody had answered enough points to be counted."""
        return nth(sorted(self.times[person]), POLIS.answers_needed), person

    @property
    def projected(self) -> Votes:
        """Points that were taken out stand at zero for everybody, as in the reference."""
        votes = self.votes.copy()
        votes[:, self.out] = 0
        return votes

    @property
    def bases(self) -> dict[int, list[int]]:
        found = self.maths["base-clusters"]
        return dict(zip(found["id"], found["members"], strict=True))

    @property
    def groups(self) -> list[set[int]]:
        """The people of each group of the reference."""
        return [
            {person for base in group["members"] for person in self.bases[base]}
            for group in self.maths["group-clusters"]
        ]

    @property
    def label(self) -> Labels:
        """The group of everyone in the reference; -1 in none."""
        label = np.full(len(self.votes), -1)
        for number, group in enumerate(self.groups):
            label[sorted(group)] = number
        return label


def nth(times: list[float], n: int) -> float:
    return times[min(n, len(times)) - 1]


def _numbers(row: dict[str, Any]) -> tuple[int, int, float, float]:
    person, point = row.get("participant_id", row.get("pid")), row.get("statement_id", row.get("tid"))
    assert isinstance(person, int)
    assert isinstance(point, int)
    return person, point, float(row["vote"]), float(row["modified"])


@cache
def conversation(name: str) -> Conversation:
    return Conversation(name)


def _together(label: Labels, people: list[int]) -> list[set[int]]:
    return [{people[at] for at in np.flatnonzero(label == number)} for number in range(label.max() + 1)]


def _shared(ours: list[set[int]], theirs: Iterable[set[int]]) -> int:
    return sum(len(our & their) for our, their in zip(ours, theirs, strict=True))


def _as_sets(groups: list[set[int]]) -> set[frozenset[int]]:
    return {frozenset(group) for group in groups}


@pytest.mark.parametrize("name", ALL)
def test_the_axes_are_those_of_the_reference(name: str) -> None:
    it = conversation(name)
    space = space_of(it.projected)
    pca = it.maths["pca"]
    cosines = np.abs((np.array(pca["comps"]) * space.axes).sum(axis=1))
    lost = name == INCOMPLETE
    assert cosines.min() > (0.999 if lost else 1 - 1e-12)
    # There 1 disagrees.
    assert np.abs(space.centre + pca["center"]).max() < (0.04 if lost else 1e-12)
    assert np.abs(extremity(space) - pca["comment-extremity"]).max() < (0.2 if lost else 1e-9)


@pytest.mark.parametrize("name", ALL)
def test_people_stand_where_they_stand_in_the_reference(name: str) -> None:
    it = conversation(name)
    space = space_of(it.projected)
    mirrored = -np.sign((np.array(it.maths["pca"]["comps"]) * space.axes).sum(axis=1))
    alone = {
        members[0]: at for at, members in enumerate(it.maths["base-clusters"]["members"]) if len(members) == 1
    }
    theirs = np.array([it.maths["base-clusters"][axis] for axis in "xy"]).T[[*alone.values()]]
    ours = places(it.projected, space)[[*alone]] * mirrored
    assert np.abs(ours - theirs).max() < (0.1 if name == INCOMPLETE else 1e-8)


@pytest.mark.parametrize("name", ALL)
def test_nobody_is_counted_whom_the_reference_does_not_count(name: str) -> None:
    """It also keeps those who were counted early, when there were fewer points and people."""
    it = conversation(name)
    ours = {int(row) for row in np.flatnonzero(counted(it.votes, POLIS))}
    assert ours <= set(it.people)
    assert (
        len(it.people) - len(ours) == {SMALL[0]: 0, SMALL[1]: 2, SMALL[2]: 4, LARGE[0]: 4, LARGE[1]: 32}[name]
    )


@pytest.mark.parametrize("name", SMALL)
def test_the_groups_of_up_to_a_hundred_people_are_those_of_the_reference(name: str) -> None:
    it = conversation(name)
    votes = it.projected
    label = groups_of(places(votes, space_of(votes))[it.people], POLIS)
    assert _as_sets(_together(label, it.people)) == _as_sets(it.groups)


@pytest.mark.parametrize("name", ALL)
def test_from_its_base_clusters_the_groups_are_those_of_the_reference(name: str) -> None:
    """With more than a hundred people the base clusters carry the history of the conversation."""
    it = conversation(name)
    found = it.maths["base-clusters"]
    label = divided(np.array([found["x"], found["y"]]).T, np.array(found["count"]), POLIS)
    groups = [
        {person for at in np.flatnonzero(label == number) for person in found["members"][at]}
        for number in range(label.max() + 1)
    ]
    assert _as_sets(groups) == _as_sets(it.groups)


@pytest.mark.parametrize(("name", "by_number", "by_arrival"), [(LARGE[0], 1, 4), (LARGE[1], 5, 43)])
def test_without_them_it_is_the_number_of_groups_and_some_people_are_elsewhere(
    name: str, by_number: int, by_arrival: int
) -> None:
    it = conversation(name)
    votes = it.projected
    for people, apart in ((sorted(it.people), by_number), (it.people, by_arrival)):
        ours = _together(groups_of(places(votes, space_of(votes))[people], POLIS), people)
        assert len(ours) == len(it.groups)
        together = max(_shared(ours, theirs) for theirs in permutations(it.groups))
        assert len(people) - together == apart


@pytest.mark.parametrize("name", ALL)
def test_the_points_that_represent_a_group_are_those_of_the_reference(name: str) -> None:
    it = conversation(name)
    counts = tally(it.votes, it.label)
    for number, group in enumerate(it.maths["group-clusters"]):
        ours = [
            (it.points[one.point], one.agrees) for one in representatives(counts, number, POLIS, it.shown)
        ]
        theirs = it.maths["repness"][str(group["id"])]
        assert ours == [(one["tid"], one["repful-for"] == "agree") for one in theirs]


@pytest.mark.parametrize("name", ALL)
def test_consensus_is_that_of_the_reference(name: str) -> None:
    it = conversation(name)
    ours = common(it.votes, POLIS, it.shown)
    theirs = it.maths["consensus"]
    assert [it.points[point] for point in ours.agreed] == [one["tid"] for one in theirs["agree"]]
    assert [it.points[point] for point in ours.disagreed] == [one["tid"] for one in theirs["disagree"]]


@pytest.mark.parametrize("name", ALL)
def test_group_aware_consensus_is_that_of_the_reference(name: str) -> None:
    it = conversation(name)
    counts = tally(it.votes, it.label)
    ours = group_aware_consensus(counts.agreed, counts.answered)
    theirs = [it.maths["group-aware-consensus"][str(point)] for point in it.points]
    assert np.abs(ours - theirs).max() < 1e-12


@pytest.mark.parametrize("name", [name for name in ALL if name != INCOMPLETE])
def test_priorities_are_those_of_the_reference(name: str) -> None:
    it = conversation(name)
    counts = tally(it.votes, it.label)
    agreed, answered = counts.agreed.sum(axis=0), counts.answered.sum(axis=0)
    passed = answered - agreed - counts.disagreed.sum(axis=0)
    ours = priorities(agreed, passed, answered, np.array(it.maths["pca"]["comment-extremity"]))
    theirs = it.maths["comment-priorities"]
    for at, point in enumerate(it.points):
        # 49 is for points about the people themselves, which we do not have.
        expected = theirs[str(point)]
        assert expected == (49 if point in it.maths["meta-tids"] else pytest.approx(ours[at], abs=1e-9))
