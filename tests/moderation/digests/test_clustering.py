"""What groups are made of: places in a plan, likeness, average linkage, and where to cut."""

import numpy as np
import pytest

from moderation.digests import likeness
from moderation.digests.joining import AT_ONCE, Given, best_cut, labels, merges
from moderation.digests.likeness import Pairs, neighbours, vectors
from moderation.digests.places import ANOTHER, SAME, Place, cited, hint, section_of
from moderation.digests.progress import Cancelled, Progress, Stage


@pytest.mark.parametrize(
    ("text", "pages", "chapters"),
    [
        ("P12 L3 北口の駐輪場", {12}, set()),
        ("Ｐ．１２〜１３について", {12}, set()),
        ("45頁「参加の促進」", {45}, set()),
        ("素案の 31 ページの図", {31}, set()),
        ("第３章の図書館について", set(), {("章", 3)}),
        ("第十二節、緑について", set(), {("節", 12)}),
        ("第二十一章", set(), {("章", 21)}),
        ("http2の話と、スープ12杯", set(), set()),
    ],
)
def test_places_in_the_plan_are_read(text: str, pages: set[int], chapters: set[tuple[str, int]]) -> None:
    place = cited(text)
    assert (place.pages, place.chapters) == (pages, chapters)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("P12", "13頁", SAME),
        ("P12", "P14", ANOTHER),
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


def test_the_cut_is_found_where_the_groups_part() -> None:
    """Three groups of four, alike within and hardly without."""
    alike = {
        (one, other): 0.5 if one // 4 == other // 4 else 0.05 for other in range(12) for one in range(other)
    }
    given, pairs = Given([1] * 12, [False] * 12), pairs_of(alike)
    tree, _waits = merges(pairs, given)
    label = labels(tree, 12, best_cut(tree, pairs, given))
    assert [len(set(label[at : at + 4])) for at in (0, 4, 8)] == [1, 1, 1]
    assert len(set(label)) == 3


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
