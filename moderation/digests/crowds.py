"""Crowds: a share of them makes the points, and the others come to those.

What thousands say alike is no help in looking for neighbours, so a crowd as a whole would be joined by what a few of it
share by chance. Who comes to a point is on average as alike to its members as those are to each other.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from moderation.digests.places import SAME, Place, hint
from moderation.digests.progress import Told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# So many are joined at once.
SHARE = 10_000
# So many are compared with all points at once.
BLOCK = 500


def share(settled: Sequence[int | None]) -> list[int]:
    """The places of so many, evenly spread, and of somebody of each group that people made."""
    size = min(len(settled), SHARE)
    some = (at * len(settled) // size for at in range(size))
    made = {group: at for at, group in reversed([*enumerate(settled)]) if group is not None}
    return sorted({*some, *made.values()})


def homes(
    rows: "csr_matrix",
    places: Sequence[Place],
    points: "csr_matrix",
    places_of_points: Sequence[Place],
    cut: float,
    told: Told,
) -> list[int | None]:
    """For each row the point that it is most alike to, if it is alike enough to any."""
    turned, found = points.T.tocsr(), list[int | None]()
    for start in range(0, rows.shape[0], BLOCK):
        told(start, rows.shape[0])
        alike = (rows[start : start + BLOCK] @ turned).toarray()
        some = places[start : start + BLOCK]
        found += [home(*both, places_of_points, cut) for both in zip(alike, some, strict=True)]
    return found


def home(
    alike: "NDArray[np.float64]", place: Place, places_of_points: Sequence[Place], cut: float
) -> int | None:
    import numpy as np

    near = np.flatnonzero(alike >= cut / SAME)
    hints = np.array([hint(place, places_of_points[at]) if place else 1.0 for at in near.tolist()])
    hinted = (alike[near] * hints).round(9)
    return int(near[hinted.argmax()]) if hinted.max(initial=0) >= cut else None
