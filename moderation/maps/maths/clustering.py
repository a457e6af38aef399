"""Groups of people who stand close together: k-means that starts from the first rows, and the silhouette that chooses."""

import numpy as np
from numpy.typing import NDArray

from moderation.maps.parameters import Parameters

Points = NDArray[np.float64]
Labels = NDArray[np.int64]
ROUNDS = 100


def groups_of(places: Points, parameters: Parameters) -> Labels:
    """The group of everyone, from 0, the largest first. All are one group where no division is good enough."""
    alone = np.ones(len(places))
    base = k_means(places, alone, parameters.bases_most)
    label = divided(_centres(places, alone, base), np.bincount(base), parameters)
    return _largest_first(label[base])


def divided(centres: Points, people: Points | Labels, parameters: Parameters) -> Labels:
    """The division of base clusters (where they are, how many people they hold) with the best silhouette."""
    best, label = -2.0, np.zeros(len(centres), dtype=np.int64)
    for k in range(2, _groups_most(len(centres), parameters) + 1):
        tried = k_means(centres, people, k)
        sizes = np.bincount(tried, people)
        if len(sizes) < 2 or sizes.min() < parameters.smallest_group:
            continue
        if (score := silhouette(centres, tried)) > best:
            best, label = score, tried
    return label


def k_means(points: Points, weights: Points | Labels, k: int) -> Labels:
    """Starts from the first `k` different points, so the same rows always give the same clusters. Empty ones vanish."""
    _, first = np.unique(points, axis=0, return_index=True)
    centres = points[np.sort(first)[:k]]
    label = _nearest(points, centres)
    for _ in range(ROUNDS):
        centres = _centres(points, weights, label)
        moved = _nearest(points, centres)
        if np.array_equal(moved, label):
            break
        label = moved
    return label


def silhouette(points: Points, label: Labels) -> float:
    """Mean over all points of (b - a) / max(a, b): a to the own cluster, b to the nearest other. Alone counts 0."""
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    member = np.eye(label.max() + 1)[label]
    sizes = member.sum(axis=0)
    sums, own = distances @ member, sizes[label]
    a = sums[np.arange(len(points)), label] / np.maximum(own - 1, 1)
    b = np.where(member > 0, np.inf, sums / sizes).min(axis=1)
    return float(np.where(own > 1, (b - a) / np.maximum(np.maximum(a, b), 1e-12), 0).mean())


def _groups_most(bases: int, parameters: Parameters) -> int:
    return min(parameters.groups_most, 2 + bases // parameters.bases_per_group, bases)


def _nearest(points: Points, centres: Points) -> Labels:
    """The nearest centre of each point, numbered without gaps."""
    distances = np.zeros((len(points), len(centres)))
    for axis, of_centres in zip(points.T, centres.T, strict=True):
        distances += (axis[:, None] - of_centres) ** 2
    return np.unique(distances.argmin(axis=1), return_inverse=True)[1]


def _centres(points: Points, weights: Points | Labels, label: Labels) -> Points:
    total = np.bincount(label, weights)
    return np.stack([np.bincount(label, weights * axis) / total for axis in points.T], axis=1)


def _largest_first(label: Labels) -> Labels:
    """Groups in the order of their size; of two alike, that of the first person first."""
    _, first, sizes = np.unique(label, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return np.asarray(place[label])
