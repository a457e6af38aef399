"""Joining what is alike: average linkage among neighbours, held to what people decided.

The two groups that are on average most alike are joined, again and again; who is not among the neighbours of
somebody counts as not alike. As only so many neighbours are known, a group grows by as many at most; whoever would go
on waits until the neighbours of the groups are looked for, and then they are joined like single ones. How far to go is
not given: `silhouette` finds the cut. Ties go by number, so there is one result.
"""

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
