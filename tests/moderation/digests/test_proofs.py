"""What the hashes of a digest promise, and what comes to light when something is changed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from forum.proof import digest
from moderation.digests.proofs import (
    Citation,
    Mismatch,
    Publication,
    Theme,
    mismatches,
    of_digest,
    of_opinion,
)

SOURCE = digest("a revision")


def cited(text: str, start: int = 0, disposition: str = "used", reason: str | None = None) -> Citation:
    end = start + len(text)
    return Citation(SOURCE, start, end, text, of_opinion(SOURCE, start, end, text), disposition, reason)


def published() -> Publication:
    draft = Publication(
        "駅前のこれから",
        "三つの論点がありました。",
        (Theme("駐輪場", "", (cited("駐輪場を増やしてほしい。"), cited("足りません。", 40, "merged"))),),
        (cited("暑いですね。", 60, "set_aside", "計画の対象ではないため"),),
        datetime(2026, 4, 1, tzinfo=UTC),
        datetime(2026, 5, 1, tzinfo=UTC),
    )
    return replace(draft, sha256=of_digest(draft))


def test_an_opinion_s_hash_is_over_its_source_its_place_and_its_words() -> None:
    assert of_opinion(SOURCE, 3, 7, "公園です") == digest(
        {"end": 7, "source": SOURCE, "start": 3, "text": "公園です"}
    )


def test_an_untouched_digest_has_no_mismatch() -> None:
    assert list(mismatches(published())) == []


def test_words_that_were_withheld_leave_the_digest_provable() -> None:
    original = published()
    quoted, merged = original.groups[0].opinions
    groups = (replace(original.groups[0], opinions=(replace(quoted, text=None), merged)),)
    assert list(mismatches(replace(original, groups=groups))) == []


def test_a_changed_word_is_found() -> None:
    original = published()
    quoted, merged = original.groups[0].opinions
    forged = replace(quoted, text="駐輪場を減らしてほしい。")
    groups = (replace(original.groups[0], opinions=(forged, merged)),)
    assert [found.what for found in mismatches(replace(original, groups=groups))] == ["opinion"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "駅前"},
        {"summary": ""},
        {"groups": ()},
        {"set_aside": ()},
        {"sha256": digest("another")},
        {"sha256": None},
    ],
)
def test_a_changed_digest_is_found(change: dict[str, object]) -> None:
    forged = replace(published(), **change)
    assert list(mismatches(forged)) == [Mismatch("digest", forged.sha256, of_digest(forged))]


@pytest.mark.parametrize("change", [{"disposition": "merged"}, {"sha256": digest("another"), "text": None}])
def test_what_became_of_an_opinion_and_its_order_are_part_of_the_proof(change: dict[str, str]) -> None:
    original = published()
    quoted, merged = original.groups[0].opinions
    for opinions in [(replace(quoted, **change), merged), (merged, quoted)]:
        groups = (replace(original.groups[0], opinions=opinions),)
        assert [found.what for found in mismatches(replace(original, groups=groups))] == ["digest"]
