"""From opinions to points, and from points to themes: what is alike, where it belongs, and what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.digests.joining import CUTS, Given, Merge, labels, merges
from moderation.digests.likeness import Pairs, neighbours, vectors
from moderation.digests.neighbourhoods import carried_on, hinted, left_of
from moderation.digests.places import Place, united
from moderation.digests.progress import Progress, Stage, Told, silent
from moderation.digests.silhouette import best_cut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Subject:
    """What is to be grouped: its words, where in the plan it belongs, and the group people put it into, if any."""

    text: str
    place: Place
    settled: int | None = None


@dataclass(frozen=True)
class Clusters:
    """The subjects of each point by their place, the most central first; the theme of each point; the cut found."""

    points: list[list[int]]
    themes: list[int]
    cut: float


def cluster(subjects: Sequence[Subject], progress: Progress) -> Clusters:
    """Every subject in exactly one point; what people put together stays together, and apart what they put apart."""
    if not subjects:
        return Clusters([], [], CUTS[0])
    rows = vectors([subject.text for subject in subjects], progress.of(Stage.READING))
    pairs = hinted(neighbours(rows, progress.of(Stage.COMPARING)), [subject.place for subject in subjects])
    node, given = beginning([subject.settled for subject in subjects])
    pairs = gathered(pairs, node, given)
    places = [subject.place for subject in subjects]
    tree = grown(members_of(node), rows, places, pairs, given, progress.of(Stage.JOINING))
    cut = best_cut(tree, node, rows, places, progress.of(Stage.CHOOSING))
    points = members_of(labels(tree, len(given.sizes), cut)[node])
    themes = themes_of(mean_rows(points, rows))
    return Clusters([by_centrality(members, rows) for members in points], themes, cut)


def grown(
    groups: list[list[int]],
    rows: "csr_matrix",
    places: Sequence[Place],
    pairs: Pairs,
    given: Given,
    told: Told = silent,
) -> list[Merge]:
    """All merges from the groups on, none of them more alike than what it joins."""
    numbers, after, tree = list(range(len(groups))), len(groups), list[Merge]()
    groups, sizes, settled = list(groups), list(given.sizes), list(given.settled)
    while True:
        found, waits = merges(pairs, Given([sizes[n] for n in numbers], [settled[n] for n in numbers]))
        level = {merge.into: merge.likeness for merge in tree}
        for merge in found:
            one, other = (numbers[n] for n in (merge.one, merge.other))
            likeness = min(merge.likeness, level.get(one, 1.0), level.get(other, 1.0))
            tree.append(Merge(one, other, len(groups), likeness))
            level[len(groups)] = likeness
            numbers.append(len(groups))
            groups.append(groups[one] + groups[other])
            sizes.append(sizes[one] + sizes[other])
            settled.append(settled[one] or settled[other])
        if not waits:
            return tree
        before, (left, part_of) = len(numbers) - len(found), left_of(found, len(numbers))
        numbers = [numbers[n] for n in left.tolist()]
        told(after, after + len(numbers))
        of_groups = [groups[n] for n in numbers]
        pairs = carried_on(
            pairs,
            part_of,
            left >= before,
            mean_rows(of_groups, rows),
            [united(places[at] for at in members) for members in of_groups],
        )


def beginning(settled: Sequence[int | None]) -> tuple["NDArray[np.int64]", Given]:
    """Where joining starts: the groups that people made, everything else by itself."""
    import numpy as np

    numbers: dict[tuple[str, int], int] = {}
    node = [
        numbers.setdefault(("alone", at) if group is None else ("group", group), len(numbers))
        for at, group in enumerate(settled)
    ]
    sizes = np.bincount(node).tolist()
    return np.array(node), Given(sizes, [kind == "group" for kind, _n in numbers])


def gathered(pairs: Pairs, node: "NDArray[np.int64]", given: Given) -> Pairs:
    """The mean likeness of what joining starts from."""
    import numpy as np

    size = len(given.sizes)
    if size == len(node):
        return pairs
    one, other = (
        np.minimum(node[pairs.one], node[pairs.other]),
        np.maximum(node[pairs.one], node[pairs.other]),
    )
    differ = one != other
    keys, where = np.unique(one[differ] * size + other[differ], return_inverse=True)
    sums = np.bincount(where, weights=pairs.likeness[differ], minlength=len(keys))
    one, other = np.divmod(keys, size)
    sizes = np.array(given.sizes)
    return Pairs(one, other, sums / (sizes[one] * sizes[other]))


def members_of(label: "NDArray[np.int64]") -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for at, group in enumerate(label.tolist()):
        found.setdefault(group, []).append(at)
    return list(found.values())


def mean_rows(points: Sequence[Sequence[int]], rows: "csr_matrix") -> "csr_matrix":
    """One row for each point: the product of two is the mean likeness of their members."""
    import numpy as np
    from scipy.sparse import csr_matrix

    sizes = [len(members) for members in points]
    where = np.concatenate([np.array(members) for members in points])
    share = np.repeat(1 / np.array(sizes), sizes)
    return (
        csr_matrix((share, where, np.concatenate([[0], np.cumsum(sizes)])), (len(points), rows.shape[0]))
        @ rows
    )


def by_centrality(members: list[int], rows: "csr_matrix") -> list[int]:
    """The one first that is most alike to all of them."""
    if len(members) < 3:
        return members
    alike = (rows[members] @ rows[members].sum(axis=0).T).A1.round(9)
    return [members[at] for at in sorted(range(len(members)), key=lambda at: (-alike[at], at))]


def themes_of(means: "csr_matrix") -> list[int]:
    """For each point the first point of its theme."""
    from sklearn.preprocessing import normalize

    size = means.shape[0]
    if not means.nnz:  # nothing is said twice
        return list(range(size))
    means, places = normalize(means), [Place()] * size
    node, given = beginning([None] * size)
    tree = grown(members_of(node), means, places, neighbours(means), given)
    return labels(tree, size, best_cut(tree, node, means, places)).tolist()  # type: ignore[no-any-return]
