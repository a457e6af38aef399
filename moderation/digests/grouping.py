"""A proposal of groups: deterministic, explainable, without model or network. A person confirms every one.

Copies are folded first. The rest are compared by the 2- and 3-character sequences they share, rare ones
weighing more (TF-IDF), sequences of kana alone left out; average linkage then joins what is alike, and a
group too large to answer in one go is taken apart again. What resembles nothing stays alone and visible.
"""

import platform
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from forum.proof import digest
from moderation.digests.folding import originals
from moderation.digests.naming import names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Passage:
    """An opinion to be grouped: its id, its words, and its hash for the manifest."""

    id: int
    text: str
    sha256: str


@dataclass(frozen=True)
class Group:
    """The most central opinion comes first and is proposed to be quoted for all."""

    title: str
    members: tuple[int, ...]


@dataclass(frozen=True)
class Proposal:
    groups: tuple[Group, ...]
    copies: dict[int, int]  # copy -> the opinion it is a copy of; both are members of the same group
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """Changing one changes the groups, so they are part of every manifest."""

    shortest_sequence: int = 2
    longest_sequence: int = 3
    # Opinions join while they are on average at least this similar (cosine).
    least_similarity: float = 0.07
    # More than this nobody answers in one go.
    largest_group: int = 15


PARAMETERS = Parameters()
METHOD = "character-tfidf-average-linkage/1"
LIBRARIES = ("scikit-learn", "scipy", "numpy")
WORDS = re.compile(r"\w+")
KANA = re.compile(r"[ぁ-んー]+")
# Where in a plan an opinion belongs says nothing of what it is about, and looks alike everywhere.
PLACE = re.compile(
    r"p{1,2}\.?\s*\d[\d\s~\-,.pl行目頁ページ]*|\bl\.?\s*\d[\d~\-\s]*|第?\s*\d+\s*(?:ページ|頁|行目|行|章|節|部|項)|https?://\S+"
)


def propose(passages: Sequence[Passage], parameters: Parameters = PARAMETERS) -> Proposal:
    """The same passages in the same order give the same proposal, byte for byte."""
    first = originals([passage.text for passage in passages])
    places = sorted(set(first))
    texts = [passages[place].text for place in places]
    clusters = cluster(texts, parameters)
    titles = names(texts, clusters)
    copies_of: dict[int, list[int]] = {place: [] for place in places}
    for at, original in enumerate(first):
        if at != original:
            copies_of[original].append(at)
    groups = tuple(
        Group(
            title,
            tuple(passages[at].id for member in found for at in [places[member], *copies_of[places[member]]]),
        )
        for found, title in zip(clusters, titles, strict=True)
    )
    copies = {passages[at].id: passages[original].id for at, original in enumerate(first) if at != original}
    return Proposal(groups, copies, manifest(passages, parameters, groups, copies))


def manifest(
    passages: Sequence[Passage], parameters: Parameters, groups: Sequence[Group], copies: dict[int, int]
) -> dict[str, Any]:
    """All that is needed to run it again, and the hash of what came out (ids mean nothing elsewhere)."""
    hashes = {passage.id: passage.sha256 for passage in passages}
    output = {
        "groups": [
            {"title": group.title, "members": [hashes[at] for at in group.members]} for group in groups
        ],
        "copies": sorted([hashes[copy], hashes[original]] for copy, original in copies.items()),
    }
    return {
        "method": METHOD,
        "parameters": asdict(parameters),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        "inputs": list(hashes.values()),
        "output": digest(output),
    }


def cluster(texts: Sequence[str], parameters: Parameters = PARAMETERS) -> list[list[int]]:
    """Places of the texts in groups, the most central first; larger groups first, then as they appear."""
    if len(texts) < 2:
        return [[at] for at in range(len(texts))]
    from scipy.cluster.hierarchy import linkage, to_tree
    from scipy.spatial.distance import squareform

    similarity = similarities(texts, parameters)
    branches, groups = [to_tree(linkage(squareform(1 - similarity, checks=False), method="average"))], []
    while branches:
        branch = branches.pop()
        alike = branch.is_leaf() or 1 - branch.dist >= parameters.least_similarity
        if alike and branch.get_count() <= parameters.largest_group:
            groups.append(branch.pre_order())
        else:
            branches += [branch.get_left(), branch.get_right()]

    def centrality(at: int, members: list[int]) -> tuple[float, int]:
        return -round(float(similarity[at, members].sum()), 9), at

    groups = [sorted(members, key=lambda at: centrality(at, members)) for members in groups]
    return sorted(groups, key=lambda members: (-len(members), min(members)))


def similarities(texts: Sequence[str], parameters: Parameters) -> "NDArray[np.float64]":
    """How alike any two texts are, from 0 to 1."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    read = [list(sequences(text, parameters)) for text in texts]
    if not any(read):
        return np.eye(len(texts))
    weights = TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(read)
    similarity: NDArray[np.float64] = (weights @ weights.T).toarray().clip(0, 1)
    np.fill_diagonal(similarity, 1)
    return similarity


def sequences(text: str, parameters: Parameters) -> Iterator[str]:
    for run in WORDS.findall(PLACE.sub(" ", unicodedata.normalize("NFKC", text).casefold())):
        for length in range(parameters.shortest_sequence, parameters.longest_sequence + 1):
            for start in range(len(run) - length + 1):
                if not KANA.fullmatch(run, start, start + length):
                    yield run[start : start + length]
