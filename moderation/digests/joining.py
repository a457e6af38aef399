"""Joining what is alike: average linkage among neighbours, held to what people decided, cut where the data part best.

The two groups that are on average most alike are joined, again and again; who is not among the neighbours of
somebody counts as not alike. As only so many neighbours are known, a group grows by as many at most; whoever would go
on waits until the neighbours of the groups are looked for, and then they are joined like single ones. How far to go is
not given: the cut is taken whose members are on average near to their own group and far from the next one (the
silhouette). Ties go by number, so there is one result.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from moderation.digests.likeness import NEIGHBOURS, Pairs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many are joined to one group before the neighbours are looked for anew: half of those known.
AT_ONCE = NEIGHBOURS // 2
# The cuts that are tried: groups whose members are on average at least so much alike.
CUTS = tuple(step / 200 for step in range(6, 121))
# So many opinions are asked how well they lie; more would say the same.
ASKED = 3000


@dataclass(frozen=True)
class Given:
    """What is to be joined: of how many opinions each consists, and which of them people made: those stay apart."""

    sizes: Sequence[int]
    settled: Sequence[bool]


@dataclass(frozen=True)
class Merge:
    """Two groups became one: `into` is the number of the new one."""

    one: int
    other: int
    into: int
    likeness: float


@dataclass
class Joining:
    """The groups as they are being joined. Numbers beyond those given are new ones."""

    sizes: list[int]
    settled: list[bool]
    together: list[dict[int, float]]  # with each other group: the sum of the likeness of all pairs
    parts: list[int] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)
    heap: list[tuple[float, int, int]] = field(default_factory=list)

    def joined(self) -> Iterator[Merge]:
        """The merges in order, as long as anything is alike enough for any cut."""
        self.parts = [1] * len(self.sizes)
        pairs = ((one, other) for one, near in enumerate(self.together) for other in near if one < other)
        self.heap = [entry for one, other in pairs if -(entry := self.entry(one, other))[0] >= CUTS[0]]
        heapify(self.heap)
        while self.heap:
            unlike, one, other = heappop(self.heap)
            if other not in self.together[one] or (self.settled[one] and self.settled[other]):
                continue
            if self.has_to_wait(one, other):
                self.waiting |= {one, other}
            else:
                yield Merge(one, other, self.join(one, other), -unlike)

    def has_to_wait(self, one: int, other: int) -> bool:
        """Also who would be joined with one that waits: nothing else is as near."""
        return bool(self.waiting & {one, other}) or self.parts[one] + self.parts[other] > AT_ONCE

    def entry(self, one: int, other: int) -> tuple[float, int, int]:
        average = self.together[one][other] / (self.sizes[one] * self.sizes[other])
        return -round(average, 9), one, other

    def join(self, one: int, other: int) -> int:
        """Makes one of the two; its likeness with a third is the sum of theirs."""
        into, near = len(self.sizes), self.together[one]
        for neighbour, likeness in self.together[other].items():
            near[neighbour] = near.get(neighbour, 0) + likeness
        near.pop(one, None)
        near.pop(other, None)
        self.together[one], self.together[other] = {}, {}
        for numbers in (self.sizes, self.parts):
            numbers.append(numbers[one] + numbers[other])
        self.settled.append(self.settled[one] or self.settled[other])
        self.together.append(near)
        for neighbour in near:
            theirs = self.together[neighbour]
            theirs.pop(one, None)
            theirs.pop(other, None)
            theirs[into] = near[neighbour]
            if -(entry := self.entry(neighbour, into))[0] >= CUTS[0]:
                heappush(self.heap, entry)
        return into


def merges(pairs: Pairs, given: Given) -> tuple[list[Merge], bool]:
    """What can be joined, the most alike first, and whether something waits. The pairs are of those given."""
    sizes = list(given.sizes)
    together: list[dict[int, float]] = [{} for _size in sizes]
    for one, other, likeness in pairs.rows():
        together[one][other] = together[other][one] = likeness * sizes[one] * sizes[other]
    joining = Joining(sizes, list(given.settled), together)
    return list(joining.joined()), bool(joining.waiting)


def labelled(
    tree: Iterable[Merge], size: int, cuts: Iterable[float]
) -> Iterator[tuple[float, "NDArray[np.int64]"]]:
    """For each cut, the finest first, and each of the given the number of its group. The array changes afterwards."""
    import numpy as np

    members: dict[int, list[int]] = {}
    label, ahead = np.arange(size), sorted(tree, key=lambda merge: -merge.likeness)[::-1]
    for cut in sorted(cuts, reverse=True):
        while ahead and ahead[-1].likeness >= cut:
            merge = ahead.pop()
            one, other = members.pop(merge.one, [merge.one]), members.pop(merge.other, [merge.other])
            fewer, more = sorted((one, other), key=len)
            label[fewer] = label[more[0]]
            members[merge.into] = more
            more += fewer
        yield cut, label


def labels(tree: Iterable[Merge], size: int, cut: float) -> "NDArray[np.int64]":
    return next(label for _cut, label in labelled(tree, size, [cut]))


def best_cut(tree: Sequence[Merge], pairs: Pairs, given: Given) -> float:
    """The finest of the cuts at which those given lie best: none falls behind the best by more than its own error."""
    levels = sorted(merge.likeness for merge in tree)
    cuts = {bisect_left(levels, cut): cut for cut in CUTS}.values()  # each joins something else
    survey = Survey.of(pairs, given)
    lies = {cut: survey.lies(label) for cut, label in labelled(tree, len(given.sizes), cuts)}
    best = max(lies.values(), key=lambda found: float(found.mean()))
    behind = {cut: best - found for cut, found in lies.items()}
    return max(cut for cut, less in behind.items() if less.mean() <= less.std() / len(less) ** 0.5)


@dataclass(frozen=True)
class Survey:
    """Those who are asked how well they lie: every so many of the given, and their neighbours."""

    step: int
    weight: "NDArray[np.int64]"
    one: "NDArray[np.int64]"
    other: "NDArray[np.int64]"
    alike: "NDArray[np.float64]"

    @classmethod
    def of(cls, pairs: Pairs, given: Given) -> "Survey":
        import numpy as np

        step, weight = -(-len(given.sizes) // ASKED), np.asarray(given.sizes)
        one, other = np.concatenate([pairs.one, pairs.other]), np.concatenate([pairs.other, pairs.one])
        alike = np.concatenate([pairs.likeness, pairs.likeness]) * weight[other]
        asked = one % step == 0
        return cls(step, weight, one[asked], other[asked], alike[asked])

    def lies(self, label: "NDArray[np.int64]") -> "NDArray[np.float64]":
        """How much nearer each one is to their own group than to the next one (the silhouette); 0 for who is alone."""
        import numpy as np

        size = len(label)
        keys, where = np.unique(self.one * size + label[self.other], return_inverse=True)
        sums = np.bincount(where, weights=self.alike, minlength=len(keys))
        who, group = np.divmod(keys, size)
        members = np.bincount(label, weights=self.weight, minlength=size)
        is_own = label[who] == group
        average = sums / np.clip(members[group] - is_own * self.weight[who], 1, NEIGHBOURS)
        own, next_best = np.zeros(size), np.zeros(size)
        own[who[is_own]] = average[is_own]
        np.maximum.at(next_best, who[~is_own], average[~is_own])
        inner, outer = 1 - own.clip(0, 1), 1 - next_best.clip(0, 1)
        is_alone = members[label] == self.weight
        lies = np.where(is_alone, 0.0, (outer - inner) / np.maximum(np.maximum(inner, outer), 1e-9))
        found: NDArray[np.float64] = lies[:: self.step].round(9)
        return found
