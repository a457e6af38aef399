"""Where to cut a tree of groups: where those who are asked lie best, nearer to their own group than to the next one.

That is the silhouette, a measure that has no parameter and needs no labels. All members of a group count, near and far:
by their nearest alone, the members of a crowd would lie as well in whatever it were thrown together with.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from moderation.digests.joining import CUTS, Merge, labelled
from moderation.digests.places import Place, hint
from moderation.digests.progress import Told, silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# So many opinions are asked; more would say the same.
ASKED = 1000
# So many at once, so that how alike they are to all others fits into memory.
AT_ONCE = 50


def best_cut(
    tree: Sequence[Merge],
    node: "NDArray[np.int64]",
    rows: "csr_matrix",
    places: Sequence[Place],
    told: Told = silent,
) -> float:
    """The finest of the cuts at which those asked lie best: none falls behind the best by more than its own error.

    `node` tells of each opinion what it began as: the tree joins these.
    """
    lies = surveyed(tree, node, rows, places, told)
    best = max(lies.values(), key=lambda found: float(found.mean()))
    behind = {cut: best - found for cut, found in lies.items()}
    return max(cut for cut, less in behind.items() if less.mean() <= less.std() / len(less) ** 0.5)


def surveyed(
    tree: Sequence[Merge],
    node: "NDArray[np.int64]",
    rows: "csr_matrix",
    places: Sequence[Place],
    told: Told,
) -> dict[float, "NDArray[np.float64]"]:
    """For each cut that joins something else: how well those lie who are asked, every so many of all."""
    import numpy as np

    order = in_order(tree, node)
    edges = edges_of(tree, node, order)
    turned = rows[order].T.tocsr()
    like_places = hints([places[at] for at in order.tolist()])
    stands = np.argsort(order)
    asked = np.arange(0, len(order), -(-len(order) // ASKED))
    found: dict[float, list[NDArray[np.float64]]] = {cut: [] for cut in edges}
    for start in range(0, len(asked), AT_ONCE):
        told(start, len(asked))
        some = asked[start : start + AT_ONCE]
        alike = (rows[some] @ turned).toarray() * like_places([places[at] for at in some.tolist()])
        alike[np.arange(len(some)), stands[some]] = 0  # nobody is asked about themselves
        until = np.pad(alike.cumsum(axis=1), ((0, 0), (1, 0)))
        for cut, edge in edges.items():
            found[cut].append(lies(until, edge, stands[some]))
    return {cut: np.concatenate(parts) for cut, parts in found.items()}


def in_order(tree: Sequence[Merge], node: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """The opinions so that at every cut those of one group stand side by side."""
    import numpy as np

    beginning = np.argsort(node, kind="stable")
    parts = dict(enumerate(np.split(beginning, np.cumsum(np.bincount(node))[:-1])))
    for merge in tree:
        parts[merge.into] = np.concatenate([parts.pop(merge.one), parts.pop(merge.other)])
    return np.concatenate(list(parts.values()))


def edges_of(
    tree: Sequence[Merge], node: "NDArray[np.int64]", order: "NDArray[np.int64]"
) -> dict[float, "NDArray[np.int64]"]:
    """For each cut where its groups begin and end in that order."""
    import numpy as np

    levels = sorted(merge.likeness for merge in tree)
    cuts = {bisect_left(levels, cut): cut for cut in CUTS}.values()  # each joins something else
    edges = {}
    for cut, label in labelled(tree, int(node.max()) + 1, cuts):
        begins = np.flatnonzero(np.diff(label[node][order])) + 1
        edges[cut] = np.concatenate([[0], begins, [len(order)]])
    return edges


def lies(
    until: "NDArray[np.float64]", edge: "NDArray[np.int64]", stands: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """How much nearer each one is to their own group than to the next one; 0 for who is alone.

    `until` has a row for each one who is asked: how alike they are to all until each place of the order.
    """
    import numpy as np

    who, sizes = np.arange(len(stands)), np.diff(edge)
    mine = np.searchsorted(edge, stands, side="right") - 1
    sums = until[:, edge[1:]] - until[:, edge[:-1]]
    own = sums[who, mine] / np.maximum(sizes[mine] - 1, 1)
    sums[who, mine] = 0
    inner, outer = 1 - own.clip(0, 1), 1 - (sums / sizes).max(axis=1).clip(0, 1)
    nearer = (outer - inner) / np.maximum(np.maximum(inner, outer), 1e-9)
    found: NDArray[np.float64] = np.where(sizes[mine] == 1, 0.0, nearer).round(9)
    return found


def hints(places: Sequence[Place]) -> Callable[[Sequence[Place]], "NDArray[np.float64]"]:
    """How much their places make some more or less alike to each of these."""
    import numpy as np

    numbers: dict[Place, int] = {}
    number = np.array([numbers.setdefault(place, len(numbers)) for place in places])

    def of(some: Sequence[Place]) -> "NDArray[np.float64]":
        table = np.array([[hint(one, other) for other in numbers] for one in some])
        found: NDArray[np.float64] = table[:, number]
        return found

    return of
