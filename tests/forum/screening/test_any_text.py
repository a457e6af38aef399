"""Whatever is written: hints never fail, stay inside the text, do not overlap, and take time in proportion to it."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.screening.copies import copies
from forum.screening.hints import Hint, pieces
from forum.screening.personal import personal_data
from forum.screening.screen import screen
from tests.forum.screening.generating import texts
from tests.forum.screening.numbers import FULL_WIDTH

MADE = list(texts())
# Letters that the patterns are about, so that chance comes near them.
NEAR = st.text(
    "0123456789０９-－ー()+@＠.,: 　\n〒丁目番地号市町村緑の一二三第年円TELatドットhttps/wWA！!あ",
    max_size=80,
)
TEXTS = st.text(max_size=80) | NEAR | st.lists(st.sampled_from(MADE) | NEAR, max_size=4).map("".join)
# The worst that patterns meet: long runs that nearly match, again and again.
HOSTILE = [
    "0", "1", "１", "09", "090-", "0-", "-", "ー", "1-1-", "0 ", "1 ", "0(", "(0)", "+81", "+81-", "@", "a@", "a@a.", "a.", "@a.",
    "a at ", "ドット", "a[dot]", "☆", "〒", "〒1", "1丁目", "一", "一二三丁目", "丁目1",
    "番地", "1番", "市", "緑町", "緑町1-", "町1-1-1 ",
    "小金井市", "1-1-1あ", "号室", "東京都", "w", "W", "!", "！？", "AA ",
    "AA,", "A", "http://", "https://a.b ", "www.", "ああ", "あい",
    "あいうえ", "aab", "\n", "あ\n", "1\n", "電話", "電話1", "番号", "4111 ",
    "4111111111111111 ", "田中", "田中さん", "死ね", "馬鹿", " ", "　",
    "\u0301", "か\u3099", "😀", "ﾊﾟ",
]  # fmt: skip
SHORT, LONG = 1_000, 8_000


@given(TEXTS, st.booleans())
@example("\0", True)
@example("", False)
def test_hints_lie_inside_the_text_and_those_of_one_kind_apart(text: str, newcomer: bool) -> None:
    ends: dict[str, int] = {}
    for hint in screen(text, newcomer=newcomer):
        assert 0 <= hint.start < hint.end <= len(text)
        assert hint.start >= ends.get(hint.kind, 0)
        assert hint.evidence
        ends[hint.kind] = hint.end


@given(TEXTS)
def test_the_text_is_shown_as_it_is(text: str) -> None:
    assert "".join(words for _hint, words in pieces(text, screen(text))) == text


@given(TEXTS)
def test_full_width_and_half_width_give_the_same_hints(text: str) -> None:
    assert _spans(personal_data(text.translate(FULL_WIDTH))) == _spans(personal_data(text))


@given(TEXTS)
def test_canonical_composition_changes_nothing_in_composed_text(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert personal_data(unicodedata.normalize("NFC", composed)) == personal_data(composed)


@given(TEXTS)
def test_a_hint_is_the_same_whatever_stands_far_away(text: str) -> None:
    around = "まったく別の文です。" * 4
    shifted = personal_data(f"{around}\n\n{text}\n\n{around}")
    assert _spans(personal_data(text)) == [
        (kind, start - 42, end - 42) for kind, start, end in _spans(shifted)
    ]


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_copies_are_among_the_others(text: str, others: list[str]) -> None:
    for copy in copies(text, others):
        assert 0 <= copy.at < len(others)
        assert 0 < copy.share <= 1


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    """Eight times the text in far less than the 64 times that backtracking takes, at the speed of a page."""
    for _ in range(3):  # another program may have been in the way
        short, long = (_seconds(piece * (length // len(piece))) for length in (SHORT, LONG))
        if within := long < min(24 * short + 0.02, 1):
            break
    assert within, (short, long)


def _spans(hints: tuple[Hint, ...]) -> list[tuple[str, int, int]]:
    return [(hint.kind, hint.start, hint.end) for hint in hints]


def _seconds(text: str) -> float:
    started = time.process_time()
    screen(text)
    return time.process_time() - started
