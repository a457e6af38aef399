"""What a group stands for, and what everybody agrees on: proportions with a pseudo-count, and z-tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.maps.maths.clustering import Labels
from moderation.maps.maths.projecting import Votes
from moderation.maps.parameters import Parameters

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of each group (row) agreed and disagreed to each point (column), and how many answered at all."""

    agreed: Numbers
    disagreed: Numbers
    answered: Numbers

    def __len__(self) -> int:
        return len(self.answered)


@dataclass(frozen=True, slots=True)
class Side:
    """How one side (agree or disagree) does in a group: share, how surely it is the half, and the same against the rest."""

    share: Numbers
    z: Numbers
    ratio: Numbers
    ratio_z: Numbers

    @property
    def score(self) -> Numbers:
        return self.ratio * self.ratio_z * self.share * self.z

    def significant(self, z: float) -> NDArray[np.bool_]:
        return (self.z > z) & (self.ratio_z > z)


@dataclass(frozen=True, slots=True)
class Representative:
    """A point that distinguishes a group, and the side that it takes."""

    point: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class Common:
    """The points that most of all people agree to, and those that they reject, the clearest first."""

    agreed: list[int]
    disagreed: list[int]


def tally(votes: Votes, label: Labels) -> Tally:
    """The answers of each group."""
    groups = [votes[label == number] for number in range(label.max(initial=-1) + 1)]
    return Tally(
        agreed=np.array([(group == 1).sum(axis=0) for group in groups], dtype=float),
        disagreed=np.array([(group == -1).sum(axis=0) for group in groups], dtype=float),
        answered=np.array([(~np.isnan(group)).sum(axis=0) for group in groups], dtype=float),
    )


def share(successes: Numbers, trials: Numbers) -> Numbers:
    """Neither 0 nor 1 as long as somebody may still answer."""
    return np.asarray((successes + 1) / (trials + 2))


def one_proportion(successes: Numbers, trials: Numbers) -> Numbers:
    """z of more than half."""
    successes, trials = successes + 1, trials + 1
    return np.asarray(2 * np.sqrt(trials) * (successes / trials - 0.5))


def two_proportions(successes: Numbers, trials: Numbers, others: Numbers, other_trials: Numbers) -> Numbers:
    """z of a larger share than among the others; 0 where everybody agrees."""
    successes, trials, others, other_trials = successes + 1, trials + 1, others + 1, other_trials + 1
    pooled = (successes + others) / (trials + other_trials)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / other_trials))
    difference = successes / trials - others / other_trials
    return np.asarray(np.divide(difference, spread, out=np.zeros_like(difference), where=spread > 0))


def sides(counts: Tally, group: int) -> tuple[Side, Side]:
    """How a group agrees and disagrees, against all the others together."""
    trials, rest = counts.answered[group], counts.answered.sum(axis=0) - counts.answered[group]

    def side(successes: Numbers) -> Side:
        own, others = successes[group], successes.sum(axis=0) - successes[group]
        return Side(
            share=share(own, trials),
            z=one_proportion(own, trials),
            ratio=share(own, trials) / share(others, rest),
            ratio_z=two_proportions(own, trials, others, rest),
        )

    return side(counts.agreed), side(counts.disagreed)


def representatives(
    counts: Tally, group: int, parameters: Parameters, points: Iterable[int] | None = None
) -> list[Representative]:
    """The points (of these) that set a group apart: the one it agrees to most, then by score; agreement first."""
    among = [*(range(counts.answered.shape[1]) if points is None else points)]
    agree, disagree = sides(counts, group)
    agrees = agree.ratio_z > disagree.ratio_z
    score = np.where(agrees, agree.score, disagree.score)
    sure = agree.significant(parameters.z) | disagree.significant(parameters.z)
    agreed = _most_agreed(counts, group, agree, among, parameters.z)
    found = sorted((point for point in among if sure[point] and point != agreed), key=lambda p: -score[p])
    if agreed is not None:
        found.insert(0, agreed)
    if not found and among:
        found = [max(among, key=lambda p: max(agree.ratio_z[p], disagree.ratio_z[p]))]
    chosen = [Representative(point, bool(agrees[point])) for point in found[: parameters.points_most]]
    return sorted(chosen, key=lambda one: not one.agrees)


def _most_agreed(counts: Tally, group: int, agree: Side, among: Sequence[int], z: float) -> int | None:
    """The point that a group agrees to most, so that no group is described by what it rejects alone."""
    best: int | None = None
    for point in among:
        if not (counts.agreed[group, point] or counts.disagreed[group, point]):
            continue
        if best is None:
            better = agree.z[point] > z or (agree.ratio[point] > 1 and agree.share[point] > 0.5)
        elif agree.ratio[best] > 1:
            better = agree.score[point] > agree.score[best]
        else:
            better = agree.share[point] * agree.z[point] > agree.share[best] * agree.z[best]
        best = point if better else best
    return best


def common(votes: Votes, parameters: Parameters, points: Iterable[int] | None = None) -> Common:
    """Consensus of all people, whatever their group."""
    among = [*(range(votes.shape[1]) if points is None else points)]
    trials = (~np.isnan(votes)).sum(axis=0)

    def clearest(successes: Numbers) -> list[int]:
        p, z = share(successes, trials), one_proportion(successes, trials)
        found = [point for point in among if p[point] > 0.5 and z[point] > parameters.z]
        return sorted(found, key=lambda point: -p[point] * z[point])[: parameters.points_most]

    return Common(agreed=clearest((votes == 1).sum(axis=0)), disagreed=clearest((votes == -1).sum(axis=0)))


def group_aware_consensus(successes: Numbers, trials: Numbers) -> Numbers:
    """How probable it is that somebody of every group is on this side: a small group weighs as much as a large one."""
    return np.asarray(np.prod(share(successes, trials), axis=0))


def priorities(agreed: Numbers, passed: Numbers, answered: Numbers, extremes: Numbers) -> Numbers:
    """How much each point should be asked next: agreed to, not passed over, telling people apart, and new."""
    importance = (1 - share(passed, answered)) * (extremes + 1) * share(agreed, answered)
    return np.asarray((importance * (1 + 8 * 2 ** (-answered / 5))) ** 2)
