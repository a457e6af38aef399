"""How well opinions are grouped and copies are folded, beside two baselines: see docs/digest-quality.md.

`python -m tests.bench.digest_quality [FILE.csv …]`: without a file, the opinions of tests/opinions/ and, where it is
there, the public comments under ../shared/data/opinions/. A file has the columns `text` and `point`.
"""
# ruff: noqa: T201

import csv
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from forum.proof import digest
from moderation.digests.grouping import Passage, propose

TOWN_PLAN = Path(__file__).parent.parent / "opinions" / "town_plan.csv"
PUBLIC_COMMENTS = Path(__file__).parents[3] / "shared" / "data" / "opinions"
# The reply that a ministry gave to whatever it did not want to answer: it says nothing of what was said.
GENERIC = "今後の施策の参考"

# How people ask for a change of a plan, and how they name its places.
ASKED = [
    "{}",
    "以下のとおり修正していただきたい。{}",
    "下記の原文に追記していただきたい。{}",
    "意見\n{}\n理由\n",
    "{} 以下のとおり修文してはどうか。",
    "該当箇所\n御意見\n{}",
    "{} この旨を追加する。",
]
NAMED = ["{text}", "P{page} {text}", "P{page} L{line} {text}", "{page}頁 {line}行目\n{text}"]
LINES_OF_A_PAGE = 36


class Labelled(NamedTuple):
    """Opinions, and for each the group that a person put it into."""

    texts: list[str]
    labels: list[str]


class Score(NamedTuple):
    bcubed: float
    ari: float
    v_measure: float
    groups: int


def town_plan(path: Path = TOWN_PLAN) -> Labelled:
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return Labelled([row["text"] for row in rows], [row["point"] for row in rows])


def with_places(given: Labelled, seed: int) -> Labelled:
    """The same as if their points followed each other through a plan, three or so to a page."""
    chance, page, line, place = random.Random(seed), 3, 1, dict[str, tuple[int, int]]()
    for point in dict.fromkeys(given.labels):
        line += chance.randint(5, 16)
        if line > LINES_OF_A_PAGE:
            page, line = page + 1, chance.randint(1, 8)
        place[point] = (page, line)
    return Labelled([placed(*both, place, chance) for both in zip(*given, strict=True)], given.labels)


def placed(text: str, point: str, place: Mapping[str, tuple[int, int]], chance: random.Random) -> str:
    page, line = place[point]
    asked = chance.choice(ASKED).format(re.sub(r"^P\d+ ", "", text))
    return chance.choice(NAMED).format(page=page, line=max(1, line + chance.randint(-2, 2)), text=asked)


def envplan(folder: Path = PUBLIC_COMMENTS) -> Labelled:
    """Identical reply, same group."""
    with (folder / "envplan.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if GENERIC not in row["reply"]]
    return Labelled([row["comment"] for row in rows], [row["reply"] for row in rows])


def proposed(texts: Sequence[str]) -> list[int]:
    """For each text the number of its group, as we propose it: how many there are is not given."""
    passages = [Passage(at, text, digest([at, text])) for at, text in enumerate(texts)]
    group_of = {
        member: number for number, group in enumerate(propose(passages).groups) for member in group.members
    }
    return [group_of[at] for at in range(len(texts))]


def baselines(texts: Sequence[str], groups: int) -> dict[str, list[int]]:
    """Two common ways; both are told how many groups there are.

    k-means knows distances alone: its texts are turned into as many columns as there are texts, where they are as far
    from each other as among their tens of thousands of sequences, and it is done thirty times sooner.
    """
    import numpy as np
    from sklearn.cluster import AgglomerativeClustering, KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer
    from threadpoolctl import threadpool_limits

    weights = TfidfVectorizer(analyzer="char", ngram_range=(2, 3)).fit_transform(texts)
    products = (weights @ weights.T).toarray()
    values, turned = np.linalg.eigh(products)
    points = turned * values.clip(0) ** 0.5
    linkage = AgglomerativeClustering(groups, metric="precomputed", linkage="average")
    with threadpool_limits(
        1
    ):  # so few columns are sooner done than shared: more threads only wait for each other
        means = KMeans(groups, n_init=10, random_state=0).fit_predict(points)
    return {
        "k-means": means.tolist(),
        "average linkage": linkage.fit_predict((1 - products).clip(0)).tolist(),
    }


def score(labels: Sequence[object], found: Sequence[int]) -> Score:
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    return Score(
        bcubed(labels, found),
        float(adjusted_rand_score(labels, found)),
        float(v_measure_score(labels, found)),
        len(set(found)),
    )


def bcubed(labels: Sequence[object], found: Sequence[int]) -> float:
    """F1 of how many of those in somebody's group belong there, and how many of those that belong there are in it."""
    both, by_label, by_group = Counter(zip(labels, found, strict=True)), Counter(labels), Counter(found)
    precision = sum(n * n / by_group[group] for (_label, group), n in both.items()) / len(labels)
    recall = sum(n * n / by_label[label] for (label, _group), n in both.items()) / len(labels)
    return 2 * precision * recall / (precision + recall)


class Folding(NamedTuple):
    """Of groups of copies: folded whole, torn, and pairs from different groups that were folded."""

    whole: list[str]
    torn: dict[str, list[list[str]]]
    false: int


def folded(path: Path = PUBLIC_COMMENTS / "ai-duplicates.csv") -> Folding:
    from moderation.digests.folding import originals

    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    first = originals([row["text"] for row in rows])
    parts: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row, original in zip(rows, first, strict=True):
        parts[row["group_id"]][original].append(row["text"])
    groups = [rows[at]["group_id"] for at in first]
    return Folding(
        whole=[name for name, found in parts.items() if len(found) == 1],
        torn={name: list(found.values()) for name, found in parts.items() if len(found) > 1},
        false=sum(row["group_id"] != group for row, group in zip(rows, groups, strict=True)),
    )


def show(name: str, given: Labelled) -> None:
    groups = len(set(given.labels))
    print(f"\n{name}: {len(given.texts)} opinions in {groups} groups")
    rows = {
        **{f"{way} (given {groups})": found for way, found in baselines(given.texts, groups).items()},
        "ours": proposed(given.texts),
    }
    for way, found in rows.items():
        got = score(given.labels, found)
        print(
            f"  {way:24} B-cubed {got.bcubed:.3f}  ARI {got.ari:.3f}  V {got.v_measure:.3f}  groups {got.groups}"
        )


def main(paths: Sequence[str]) -> None:
    for path in paths or [str(TOWN_PLAN)]:
        show(path, town_plan(Path(path)))
    for seed in () if paths else range(6):
        show(f"{TOWN_PLAN.name} with made-up places, {seed}", with_places(town_plan(), seed))
    if not paths and PUBLIC_COMMENTS.is_dir():
        show("envplan.csv", envplan())
        copies = folded()
        print(
            f"\nai-duplicates.csv: {len(copies.whole)} groups folded whole, {len(copies.torn)} torn, "
            f"{copies.false} folded wrongly"
        )
        for group, parts in copies.torn.items():
            print(f"  {group}: " + " / ".join(f"{len(part)} × {part[0][:60]!r}" for part in parts))


if __name__ == "__main__":
    main(sys.argv[1:])
