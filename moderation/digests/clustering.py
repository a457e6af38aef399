"""From opinions to points, and from points to themes: what is alike, where it belongs, and what people decided."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.digests.crowds import homes, share
from moderation.digests.joining import CUTS, Given, Merge, labels, merges
from moderation.digests.likeness import Pairs, counted, neighbours, weighed
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
    """Every subject in exactly one point; what people put together stays together, and apart what they put apart.

    Of a crowd a share is joined and others come to its points; who is alike enough to none is joined after them.
    """
    if not subjects:
        return Clusters([], [], CUTS[0])
    said = counted([subject.text for subject in subjects], progress.of(Stage.READING))
    everyone, points = range(len(subjects)), list[list[int]]()
    left, cut = list(everyone), None
    stages: Callable[[Stage], Told] = progress.of
    while left:
        here = [subjects[at] for at in left]
        some = share([subject.settled for subject in here])
        rows = weighed(said, left, some)
        found, cut = joined(some, here, rows, stages, cut)
        stages = progress.within(Stage.COMING)
        lonely = come(found, here, rows, cut, stages(Stage.COMING))
        points += [[left[at] for at in members] for members in found]
        left = [left[at] for at in lonely]
    assert cut is not None
    rows = weighed(said, everyone, everyone)
    themes = themes_of(mean_rows(points, rows))
    return Clusters([by_centrality(members, rows) for members in points], themes, cut)


def joined(
    some: Sequence[int],
    subjects: Sequence[Subject],
    rows: "csr_matrix",
    stages: Callable[[Stage], Told],
    cut: float | None,
) -> tuple[list[list[int]], float]:
    """The points of some of the subjects, and the cut that makes them: the best one, unless it is given."""
    rows, places = rows[some], [subjects[at].place for at in some]
    pairs = hinted(neighbours(rows, stages(Stage.COMPARING)), places)
    node, given = beginning([subjects[at].settled for at in some])
    pairs = gathered(pairs, node, given)
    tree = grown(members_of(node), rows, places, pairs, given, stages(Stage.JOINING))
    cut = best_cut(tree, node, rows, places, stages(Stage.CHOOSING)) if cut is None else cut
    points = members_of(labels(tree, len(given.sizes), cut)[node])
    return [[some[at] for at in members] for members in points], cut


def come(
    points: list[list[int]], subjects: Sequence[Subject], rows: "csr_matrix", cut: float, told: Told
) -> list[int]:
    """The others join the points that they belong to; those are left who belong to none."""
    made = {subjects[at].settled: members for members in points for at in members}
    free: list[int] = []
    for at in sorted({*range(len(subjects))}.difference(*points)):
        settled = subjects[at].settled
        (free if settled is None else made[settled]).append(at)
    if not free:
        return []
    places = [united(subjects[at].place for at in members) for members in points]
    of_free = [subjects[at].place for at in free]
    found = homes(rows[free], of_free, mean_rows(points, rows), places, cut, told)
    for at, home in zip(free, found, strict=True):
        if home is not None:
            points[home].append(at)
    return [at for at, home in zip(free, found, strict=True) if home is None]


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
    found: list[int] = labels(tree, size, best_cut(tree, node, means, places)).tolist()
    return found
