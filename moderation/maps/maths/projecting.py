"""From answers to places on a plane: principal components, and every person placed by what they answered."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.maps.parameters import Parameters

Votes = NDArray[np.float64]
AXES = 2
# Two people who answered the same stand at the same place, whatever order a processor adds in.
DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Space:
    """The mean answer to every point, and the two directions in which answers differ most."""

    centre: NDArray[np.float64]
    axes: NDArray[np.float64]


def counted(votes: Votes, parameters: Parameters) -> NDArray[np.bool_]:
    """Who is counted: enough answers, or among the most diligent while there are few."""
    answers = (~np.isnan(votes)).sum(axis=1)
    enough: NDArray[np.bool_] = answers >= min(parameters.answers_needed, votes.shape[1])
    wanting = parameters.people_wanted - int(enough.sum())
    if wanting > 0:
        others = [int(row) for row in np.argsort(-answers, kind="stable") if not enough[row] and answers[row]]
        enough[others[:wanting]] = True
    return enough


def space_of(votes: Votes) -> Space:
    """Missing answers stand at the mean of their point; each axis points to where its greatest weight is positive."""
    answered = ~np.isnan(votes)
    centre = np.where(answered, votes, 0).sum(axis=0) / np.maximum(answered.sum(axis=0), 1)
    _, _, directions = np.linalg.svd(np.where(answered, votes - centre, 0), full_matrices=False)
    axes = np.zeros((AXES, votes.shape[1]))
    axes[: len(directions)] = directions[:AXES]
    greatest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return Space(centre, axes * np.where(greatest < 0, -1, 1))


def places(votes: Votes, space: Space) -> NDArray[np.float64]:
    """Where people stand by their answers; few answers count for more, or all who gave few would stand in the middle."""
    answered = ~np.isnan(votes)
    scale = np.sqrt(votes.shape[1] / np.maximum(answered.sum(axis=1), 1))
    flat = np.where(answered, votes - space.centre, 0) @ space.axes.T * scale[:, None]
    return np.asarray(np.round(flat, DECIMALS))


def extremity(space: Space) -> NDArray[np.float64]:
    """How far from the middle somebody stands who agrees to this point and answers nothing else."""
    weight = np.linalg.norm(space.axes, axis=0)
    return np.asarray(np.abs(1 - space.centre) * weight * np.sqrt(len(space.centre)))
