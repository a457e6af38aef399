"""The map of a set of answers, as it is kept and published: no names, no single person, no small number.

An answer sheet is a text with a character for each point: + agrees, - disagrees, 0 cannot say, . not answered.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np

from forum.proof import digest
from moderation.maps import maths
from moderation.maps.maths import Tally, Votes
from moderation.maps.parameters import PRIVATE, Parameters
from moderation.maps.queries import Given

METHOD = "polis 1"
SIGNS = {1: "+", -1: "-", 0: "0"}
VALUES = {"+": 1.0, "-": -1.0, "0": 0.0, ".": np.nan}
# What is published is rounded, so that processors that add in another order say the same.
DECIMALS = 4


def sheets(given: Iterable[Given], points: int) -> list[str]:
    """One sheet a person, without names, in an order that comes from what is on them alone."""
    people: dict[int, list[str]] = defaultdict(lambda: ["."] * points)
    for answer in given:
        people[answer.account_id][answer.position - 1] = SIGNS[answer.stance]
    return sorted(map("".join, people.values()), key=lambda sheet: hashlib.sha256(sheet.encode()).digest())


def votes_of(answers: Sequence[str]) -> Votes:
    return np.array([[VALUES[sign] for sign in sheet] for sheet in answers])


def charted(answers: Sequence[str], parameters: Parameters = PRIVATE) -> dict[str, Any]:
    """Groups, figures and what unites: of the people who are counted, if they are enough to hide one another."""
    votes = votes_of(answers)
    people = votes[maths.counted(votes, parameters)] if answers else votes
    heads = {"answered": len(answers), "counted": len(people)}
    if len(people) < parameters.smallest_group:
        return {**heads, "groups": [], "points": [], "agreed": [], "disagreed": []}
    places = maths.places(people, maths.space_of(people))
    label = maths.groups_of(places, parameters)
    counts = maths.tally(people, label)
    enough = (counts.answered >= parameters.fewest_answers).all(axis=0) & (
        counts.answered.sum(axis=0) >= parameters.fewest_united
    )
    shown = [int(at) for at in np.flatnonzero(enough)]
    return {
        **heads,
        "groups": [
            {
                "people": int((label == number).sum()),
                "place": [_rounded(axis) for axis in places[label == number].mean(axis=0)],
                "represented_by": [
                    {"point": one.point + 1, "agrees": one.agrees}
                    for one in (
                        maths.representatives(counts, number, parameters, shown) if len(counts) > 1 else []
                    )
                ],
            }
            for number in range(len(counts))
        ],
        "points": [figures(counts, at, at in shown, parameters) for at in range(people.shape[1])],
        "agreed": _uniting(counts.agreed, counts.answered, shown, parameters),
        "disagreed": _uniting(counts.disagreed, counts.answered, shown, parameters),
    }


def figures(counts: Tally, at: int, split: bool, parameters: Parameters) -> dict[str, Any]:
    """What was said of a point: of all, and of each group where each is large enough."""
    agreed, disagreed, answered = (
        [int(number) for number in of_groups[:, at]]
        for of_groups in (counts.agreed, counts.disagreed, counts.answered)
    )
    by_group = [
        {"agreed": yes, "disagreed": no, "passed": all_ - yes - no}
        for yes, no, all_ in zip(agreed, disagreed, answered, strict=True)
    ]
    if sum(answered) < parameters.smallest_group:
        return {"all": None, "groups": None}
    whole = {name: sum(group[name] for group in by_group) for name in by_group[0]}
    return {"all": whole, "groups": by_group if split else None}


def _uniting(
    successes: maths.Numbers, trials: maths.Numbers, shown: Sequence[int], parameters: Parameters
) -> list[dict[str, Any]]:
    """The points on which every group is more than half on this side, by group-aware consensus."""
    shares, together = maths.share(successes, trials), maths.group_aware_consensus(successes, trials)
    found = sorted((at for at in shown if (shares[:, at] > 0.5).all()), key=lambda at: -together[at])
    return [{"point": at + 1, "consensus": _rounded(together[at])} for at in found[: parameters.points_most]]


def manifest_of(answers: Sequence[str], outcome: Mapping[str, Any]) -> dict[str, Any]:
    """With the same sheets, parameters and versions the same outcome comes out."""
    return {
        "method": METHOD,
        "parameters": asdict(PRIVATE),
        "versions": {"numpy": version("numpy")},
        "input": digest(list(answers)),
        "output": digest(outcome),
    }


def priorities_of(answers: Sequence[str]) -> list[float]:
    """How much each point should be asked next, from the answers so far."""
    votes = votes_of(answers)
    agreed, passed, answered = (
        (votes == 1).sum(axis=0),
        (votes == 0).sum(axis=0),
        (~np.isnan(votes)).sum(axis=0),
    )
    extremes = maths.extremity(maths.space_of(votes))
    return [float(one) for one in maths.priorities(agreed, passed, answered, extremes)]


def _rounded(number: float) -> float:
    return round(float(number), DECIMALS) + 0.0
