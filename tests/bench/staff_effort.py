"""How many acts of the bench lead from a proposal to the groups that people made: see docs/digest-quality.md.

`python -m tests.bench.staff_effort`: a clerk who knows the right groups and only moves, merges and splits. From an
empty desk, from the two baselines (told the number of groups) and from our proposal.
"""
# ruff: noqa: T201

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from tests.bench.digest_quality import (
    PUBLIC_COMMENTS,
    Labelled,
    baselines,
    envplan,
    proposed,
    town_plan,
)


@dataclass
class Acts:
    """What was done: a split takes chosen opinions out of one group into a new one, a move into another group."""

    done: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.done.values())


def acts(labels: Sequence[Hashable], found: Sequence[Hashable | None]) -> Acts:
    """The fewest that this clerk needs. `None` is an opinion without a group.

    A group belongs to the label that most of it has. The others of one label leave it together: for the group that is
    theirs in one move, else, for they have none, in one split. Groups of one label are then merged in one act.
    """
    result = Acts()
    held: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for label, group in zip(labels, found, strict=True):
        held[group][label] += 1
    loose = held.pop(None, Counter())
    owner = {
        group: max(sorted(members, key=str), key=lambda label: members[label])
        for group, members in held.items()
    }
    owned = Counter(owner.values())
    for group, members in held.items():
        for label in members:
            if label != owner[group]:
                result.done["move" if owned[label] else "split"] += 1
                owned[label] = owned[label] or 1
    for label in loose:
        result.done["move" if owned[label] else "split"] += 1
        owned[label] = owned[label] or 1
    result.done["merge"] = sum(groups > 1 for groups in owned.values())
    return result


def show(name: str, given: Labelled) -> None:
    ways = baselines(given.texts, len(set(given.labels)))
    desks: dict[str, Sequence[int | None]] = {
        "empty desk": [None] * len(given.texts),
        **ways,
        "ours": proposed(given.texts),
    }
    print(f"\n{name}: {len(given.texts)} opinions, {len(set(given.labels))} groups")
    for way, found in desks.items():
        taken = acts(given.labels, found)
        print(f"  {way:16} {taken.total:4} acts: {dict(taken.done)}")


if __name__ == "__main__":
    show("town_plan.csv", town_plan())
    if PUBLIC_COMMENTS.is_dir():
        show("envplan.csv", envplan())
