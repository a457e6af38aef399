"""What groups are made of: places in a plan, likeness, average linkage, and where to cut."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from moderation.digests import likeness, neighbourhoods
from moderation.digests.clustering import grown
from moderation.digests.joining import AT_ONCE, Given, Merge, labels, merges
from moderation.digests.likeness import Pairs, neighbours, vectors
from moderation.digests.neighbourhoods import carried_on, left_of
from moderation.digests.places import ANOTHER, SAME, Place, cited, hint, section_of
from moderation.digests.progress import Cancelled, Progress, Stage, silent
from moderation.digests.silhouette import best_cut, surveyed
from tests.bench import digest_quality

if (
    TYPE_CHECKING
):  # every process of the suite imports every file: what takes a second to load waits for its test
    from scipy.sparse import csr_matrix


@pytest.mark.parametrize(
    ("text", "pages", "chapters", "lines"),
    [
        ("P12 L3 北口の駐輪場", {12}, set(), {(12, 3)}),
        ("Ｐ．１２〜１３について", {12}, set(), set()),
        ("45頁「参加の促進」", {45}, set(), set()),
        ("素案の 31 ページの図", {31}, set(), set()),
        ("第３章の図書館について", set(), {("章", 3)}, set()),
        ("第十二節、緑について", set(), {("節", 12)}, set()),
        ("第二十一章", set(), {("章", 21)}, set()),
        ("http2の話と、スープ12杯", set(), set(), set()),
        ("P.12、L.3～L.5", {12}, set(), {(12, 3), (12, 4), (12, 5)}),
        ("４頁の７行目から９行目、公園", {4}, set(), {(4, 7), (4, 8), (4, 9)}),
        ("P3 5〜6行、P7（緑の章）20行", {3, 7}, set(), {(3, 5), (3, 6), (7, 20)}),
        ("10行目の誤字。5頁", {5}, set(), set()),
        ("P8 2 行動の変容", {8}, set(), set()),
    ],
)
def test_places_in_the_plan_are_read(
    text: str, pages: set[int], chapters: set[tuple[str, int]], lines: set[tuple[int, int]]
) -> None:
    place = cited(text)
    assert (place.pages, place.chapters, place.lines) == (pages, chapters, lines)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("P12", "13頁", SAME),
        ("P12", "P14", ANOTHER),
        ("P12 L3", "P12 L8", SAME),
        ("P12 L3", "P12 L9", ANOTHER),
        ("P12 L3", "P12", SAME),
        ("P12 L3", "P13 L30", SAME),
        ("第3章", "第三章", SAME),
        ("第3章", "第4章", ANOTHER),
        ("第3章", "第4節", 1.0),
        ("第3章", "P12", 1.0),
        ("P12", "緑", 1.0),
    ],
)
def test_the_same_place_brings_together_and_another_keeps_apart(
    one: str, other: str, expected: float
) -> None:
    assert hint(cited(one), cited(other)) == hint(cited(other), cited(one)) == expected


def test_how_a_change_is_asked_for_makes_nobody_alike() -> None:
    said = likeness.plain(
        "● 該当箇所/P12 L3\n● 意見\n以下のとおり修文。「桜の理由を聞く意見箱」を追加\n理由：緑"
    )
    assert likeness.RUN.findall(said) == ["のとおり", "桜の理由を聞く意見箱", "を", "緑"]


def test_the_passage_that_an_opinion_was_attached_to_counts_most() -> None:
    assert hint(cited("P12", 1), cited("P50", 1)) == SAME
    assert hint(cited("P12", 1), cited("P12", 2)) == ANOTHER
    assert cited("P12", 1) | cited("P13", 2) == Place(None, frozenset({12, 13}))


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("第2章に賛成です", 20),
        ("「3 緑を守る」について", None),
        ("第四章について", None),
        ("緑を守ってください", None),
    ],
)
def test_a_chapter_that_is_cited_is_found_among_the_headings(text: str, section: int | None) -> None:
    assert section_of(text, {10: "第1章 はじめに", 20: "第２章 駅前", 30: "3 緑を守る"}) == section


def pairs_of(likeness: dict[tuple[int, int], float]) -> Pairs:
    one, other = (np.array(side) for side in zip(*sorted(likeness), strict=True))
    return Pairs(one, other, np.array([likeness[pair] for pair in sorted(likeness)]))


def test_the_most_alike_are_joined_first_and_then_by_their_average() -> None:
    pairs = pairs_of({(0, 1): 0.9, (0, 2): 0.5, (1, 2): 0.3, (2, 3): 0.35})
    found, waits = merges(pairs, Given([1] * 4, [False] * 4))
    assert [(merge.one, merge.other, round(merge.likeness, 3)) for merge in found] == [
        (0, 1, 0.9),
        (2, 4, 0.4),
        (3, 5, 0.117),
    ]
    assert not waits


def test_what_people_made_is_not_joined_to_what_people_made() -> None:
    pairs = pairs_of({(0, 1): 0.9, (1, 2): 0.5, (0, 2): 0.4})
    found, _waits = merges(pairs, Given([1] * 3, [True, True, False]))
    assert [(merge.one, merge.other) for merge in found] == [(1, 2)]


def test_a_group_waits_before_it_outgrows_the_neighbours_that_are_known() -> None:
    size = AT_ONCE * 2
    everyone = {(one, other): 0.5 for other in range(size) for one in range(other)}
    found, waits = merges(pairs_of(everyone), Given([1] * size, [False] * size))
    sizes = np.bincount(labels(found, size, 0.5))
    assert waits
    assert max(sizes) <= AT_ONCE


def test_what_was_joined_is_found_again_as_what_it_is_part_of() -> None:
    left, part_of = left_of([Merge(0, 2, 4, 0.9), Merge(3, 4, 5, 0.8)], 6)
    assert left.tolist() == [1, 5]
    assert part_of.tolist() == [1, 0, 1, 1, 1, 1]


def test_who_was_not_joined_keeps_their_neighbours_and_the_others_are_as_alike_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of five, 3 and 4 became 5: what 0 and 1 know of each other stays, what they know of those is counted anew."""
    monkeypatch.setattr(neighbourhoods, "FEW", 0)
    rows = vectors(["公園の桜と小川", "公園の桜と広場", "公園の小川と広場", "小川と広場の桜"])
    whole = neighbours(rows)
    before = pairs_of({(0, 1): 0.7, (0, 2): 0.6, (0, 3): 0.5, (0, 4): 0.4})
    left, part_of = left_of([Merge(3, 4, 5, 0.9)], 6)
    after = carried_on(before, part_of, left >= 5, rows, [Place()] * 4)
    likeness = {(one, other): alike for one, other, alike in after.rows()}
    real = {(one, other): alike for one, other, alike in whole.rows()}
    assert likeness.keys() == {(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)}
    assert (likeness[0, 1], likeness[0, 2]) == (0.7, 0.6)
    assert all(likeness[pair] == real[pair] for pair in likeness if 3 in pair)


def rows_of(*sizes: int) -> "csr_matrix":
    """Groups of these sizes: alike by a half within and by a twentieth without."""
    from scipy.sparse import csr_matrix

    groups = np.repeat(np.arange(len(sizes)), sizes)
    shared = np.full((len(groups), 1), 0.05**0.5)
    own = np.eye(len(sizes))[groups] * 0.45**0.5
    return csr_matrix(np.hstack([shared, own, np.eye(len(groups)) * 0.5**0.5]))


@pytest.mark.parametrize("sizes", [(4, 4, 4), (40, 50, 1)])
def test_the_cut_is_found_where_the_groups_part(sizes: tuple[int, ...]) -> None:
    """Also among crowds, of whom only some neighbours are known."""
    rows, size = rows_of(*sizes), sum(sizes)
    everyone, nowhere = [[at] for at in range(size)], [Place()] * size
    tree = grown(everyone, rows, nowhere, neighbours(rows), Given([1] * size, [False] * size))
    label = labels(tree, size, best_cut(tree, np.arange(size), rows, nowhere))
    assert sorted(Counter(label.tolist()).values()) == sorted(sizes)


def test_the_silhouette_is_that_of_the_books() -> None:
    from sklearn.metrics import silhouette_samples

    texts = [*digest_quality.town_plan().texts[:40]]
    rows, node = vectors(texts), np.arange(len(texts))
    places = [Place()] * len(texts)
    tree = grown(
        [[at] for at in node.tolist()], rows, places, neighbours(rows), Given([1] * 40, [False] * 40)
    )
    distances = (1 - (rows @ rows.T).toarray()).clip(0)
    np.fill_diagonal(distances, 0)
    for cut, lies in surveyed(tree, node, rows, places, silent).items():
        label = labels(tree, len(texts), cut)
        if 1 < len(set(label)) < len(texts):
            assert np.allclose(lies, silhouette_samples(distances, label, metric="precomputed"), atol=1e-6)


def test_likeness_is_the_same_whether_or_not_a_word_is_too_common_to_look_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ["公園の桜と小川", "公園の桜と広場", "公園の小川と広場", "公園の桜と小川と橋"]
    whole = neighbours(vectors(texts))
    monkeypatch.setattr(likeness, "COMMON", 3)
    assert np.array_equal(neighbours(vectors(texts)).likeness, whole.likeness)


def test_a_compilation_tells_how_far_it_is_and_stops_when_it_is_no_longer_wanted() -> None:
    progress = Progress()
    told = progress.of(Stage.COMPARING)
    told(1, 2)
    assert Stage.COMPARING.value[0] < progress.percent < Stage.COMPARING.value[1]
    progress.cancelled = True
    with pytest.raises(Cancelled):
        told(2, 2)
