"""A proposal of groups: deterministic, explainable, without model or network. A person confirms every one.

Copies are folded first. What is alike in words is joined to points, as far as the opinions themselves part well;
where the plan is cited, the same place brings together and another keeps apart. Points that are alike make a theme.
What people decided before holds: their groups stay as they are and only receive. What resembles nothing stays alone
and visible.
"""

import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from forum.proof import digest
from moderation.digests import crowds, folding, joining, likeness, places, silhouette
from moderation.digests.clustering import Clusters, Subject, cluster
from moderation.digests.folding import originals
from moderation.digests.naming import names, theme_names
from moderation.digests.places import cited
from moderation.digests.progress import Progress, Stage


@dataclass(frozen=True)
class Passage:
    """An opinion to be grouped: its id, its words, and its hash for the manifest."""

    id: int
    text: str
    sha256: str
    # The section of the plan that it was attached to.
    section: int | None = None
    # The group that people put it into; it stays there.
    settled: int | None = None


@dataclass(frozen=True)
class Group:
    """The most central opinion comes first and is proposed to be quoted for all."""

    title: str
    members: tuple[int, ...]
    theme: str = ""
    section: int | None = None
    # The group of people that this is, with what is proposed to join it.
    settled: int | None = None


@dataclass(frozen=True)
class Proposal:
    groups: tuple[Group, ...]
    copies: dict[int, int]  # copy -> the opinion it is a copy of; both are members of the same group
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """Changing one changes the groups, so they are part of every manifest. None was fitted to anybody's labels."""

    shortest_sequence: int = likeness.SHORTEST_SEQUENCE
    longest_sequence: int = likeness.LONGEST_SEQUENCE
    saturation: float = likeness.SATURATION
    length: float = likeness.LENGTH
    common: int = likeness.COMMON
    neighbours: int = likeness.NEIGHBOURS
    least_likeness: float = likeness.LEAST
    same_place: float = places.SAME
    another_place: float = places.ANOTHER
    lines_near: int = places.LINES_NEAR
    copies_share: float = folding.COMMON_SEQUENCES
    first_cut: float = joining.CUTS[0]
    last_cut: float = joining.CUTS[-1]
    asked: int = silhouette.ASKED
    share: int = crowds.SHARE


METHOD = "words-and-sequences-bm25-average-linkage/6"
LIBRARIES = ("scikit-learn", "scipy", "numpy", "sudachipy", "sudachidict-small")
# Nothing is left to chance.
SEED = None
NO_HEADINGS: Mapping[int, str] = MappingProxyType({})


def propose(
    passages: Sequence[Passage], headings: Mapping[int, str] = NO_HEADINGS, progress: Progress | None = None
) -> Proposal:
    """The same passages in the same order give the same proposal, byte for byte. `headings` are the plan's."""
    progress = progress or Progress()
    first = folded(passages, progress)
    at_first = sorted(set(first))
    copies_of: dict[int, list[int]] = {at: [] for at in at_first}
    for at, original in enumerate(first):
        copies_of[original].append(at)  # itself included
    distinct = [passages[at] for at in at_first]
    found = cluster([Subject(p.text, cited(p.text, p.section), p.settled) for p in distinct], progress)
    told = progress.of(Stage.NAMING)
    groups = tuple(
        replace(group, members=tuple(passages[at].id for m in group.members for at in copies_of[at_first[m]]))
        for group in in_order(named(distinct, found, headings))
    )
    told(1, 1)
    copies = {passages[at].id: passages[original].id for at, original in enumerate(first) if at != original}
    return Proposal(groups, copies, manifest(passages, found.cut, groups, copies))


def folded(passages: Sequence[Passage], progress: Progress) -> list[int]:
    """For each its original. A copy that people put into another group than its original is none."""
    first = originals([passage.text for passage in passages], progress.of(Stage.COPIES))
    return [
        original if passage.settled in (None, passages[original].settled) else at
        for at, (passage, original) in enumerate(zip(passages, first, strict=True))
    ]


def named(distinct: Sequence[Passage], found: Clusters, headings: Mapping[int, str]) -> list[Group]:
    """The groups with their names; a theme is a section of the plan where most of its members name one."""
    texts = [passage.text for passage in distinct]
    titles = names(texts, found.points)
    themes = theme_names(texts, found.points, found.themes, titles)
    sections = [most_named(distinct[at].section for at in members) for members in found.points]
    return [
        Group(
            title=title,
            members=tuple(members),
            theme=headings.get(section or 0, theme),
            section=section,
            settled=next((distinct[at].settled for at in members if distinct[at].settled is not None), None),
        )
        for members, title, theme, section in zip(found.points, titles, themes, sections, strict=True)
    ]


def most_named(sections: Iterable[int | None]) -> int | None:
    """The section of the plan that most of a group name, the first of several."""
    counted = Counter(section for section in sections if section is not None)
    return counted.most_common(1)[0][0] if counted else None


def in_order(groups: Sequence[Group]) -> list[Group]:
    """Theme by theme, large ones first; what has no theme comes last."""
    weight = Counter({group.theme: 0 for group in groups})
    first: dict[str, int] = {}
    for group in groups:
        weight[group.theme] += len(group.members)
        first[group.theme] = min(first.get(group.theme, min(group.members)), min(group.members))
    return sorted(
        groups,
        key=lambda group: (
            group.theme == "",
            -weight[group.theme],
            first[group.theme],
            -len(group.members),
            min(group.members),
        ),
    )


@cache
def _versions() -> Mapping[str, str]:
    """Of what computes; the libraries' are read from their metadata, which takes milliseconds."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def manifest(
    passages: Sequence[Passage], cut: float, groups: Sequence[Group], copies: Mapping[int, int]
) -> dict[str, Any]:
    """All that is needed to run it again, and the hash of what came out (ids mean nothing elsewhere)."""
    hashes = {passage.id: passage.sha256 for passage in passages}
    settled: dict[int, list[str]] = {}
    for passage in passages:
        if passage.settled is not None:
            settled.setdefault(passage.settled, []).append(passage.sha256)
    output = {
        "groups": [
            {"title": group.title, "theme": group.theme, "members": [hashes[at] for at in group.members]}
            for group in groups
        ],
        "copies": sorted([hashes[copy], hashes[original]] for copy, original in copies.items()),
    }
    return {
        "method": METHOD,
        "parameters": asdict(Parameters()),
        "versions": _versions(),
        "seed": SEED,
        "inputs": list(hashes.values()),
        # Together as people put them; different ones stay apart.
        "constraints": list(settled.values()),
        "cut": cut,
        "output": digest(output),
    }
