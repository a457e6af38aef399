"""Who is near whom, from one round of joining to the next.

Only groups that were joined look for their neighbours anew, and those that lost half of them because these were joined
with each other. All others keep theirs: as average linkage joins the nearest, nobody comes nearer than they were.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from moderation.digests.joining import Merge
from moderation.digests.likeness import NEIGHBOURS, Pairs, exact, neighbours
from moderation.digests.places import Place, hint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Who knows fewer looks for others.
FEW = NEIGHBOURS // 2


def hinted(pairs: Pairs, places: Sequence[Place]) -> Pairs:
    import numpy as np

    known = [bool(place) for place in places]
    hints = [
        hint(places[one], places[other]) if known[one] and known[other] else 1.0
        for one, other, _likeness in pairs.rows()
    ]
    return replace(pairs, likeness=pairs.likeness * np.array(hints, dtype=float))


def left_of(found: Sequence[Merge], size: int) -> tuple["NDArray[np.int64]", "NDArray[np.int64]"]:
    """Of so many groups those that were not joined to others, and for each the place of what it is part of now."""
    import numpy as np

    into = np.arange(size)
    for merge in reversed(found):
        into[merge.one] = into[merge.other] = into[merge.into]
    return np.unique(into, return_inverse=True)


def carried_on(
    pairs: Pairs,
    part_of: "NDArray[np.int64]",
    joined: "NDArray[np.bool_]",
    rows: "csr_matrix",
    places: Sequence[Place],
) -> Pairs:
    """The pairs of the round before, as they are after it; whoever was joined finds new ones."""
    import numpy as np

    size = len(joined)
    known, same = kept(pairs, part_of, joined)
    few = np.bincount(known.one, minlength=size) + np.bincount(known.other, minlength=size) < FEW
    found = neighbours(rows, of=np.flatnonzero(joined | few))
    changed = ~same & ~np.isin(keys(known, size), keys(found, size))
    moved = exact(rows, known.one[changed], known.other[changed])
    new = hinted(together(found, moved, size), places)
    return together(new, Pairs(known.one[same], known.other[same], known.likeness[same]), size)


def kept(
    pairs: Pairs, part_of: "NDArray[np.int64]", joined: "NDArray[np.bool_]"
) -> tuple[Pairs, "NDArray[np.bool_]"]:
    """What those know who were not joined, each pair once, and whether it is the pair that it was."""
    import numpy as np

    one, other = part_of[pairs.one], part_of[pairs.other]
    one, other = np.minimum(one, other), np.maximum(one, other)
    stays = (one != other) & ~(joined[one] & joined[other])
    size = len(joined)
    _keys, first = np.unique(one[stays] * size + other[stays], return_index=True)
    one, other, likeness = (side[stays][first] for side in (one, other, pairs.likeness))
    return Pairs(one, other, likeness), ~(joined[one] | joined[other])


def keys(pairs: Pairs, size: int) -> "NDArray[np.int64]":
    found: NDArray[np.int64] = pairs.one * size + pairs.other
    return found


def together(some: Pairs, others: Pairs, size: int) -> Pairs:
    """All of them in order; what both hold as the first hold it."""
    import numpy as np

    _keys, first = np.unique(np.concatenate([keys(some, size), keys(others, size)]), return_index=True)
    return Pairs(
        np.concatenate([some.one, others.one])[first],
        np.concatenate([some.other, others.other])[first],
        np.concatenate([some.likeness, others.likeness])[first],
    )
