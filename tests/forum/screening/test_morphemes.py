"""Japanese as words, however long the text."""

import pytest

from forum.screening.morphemes import PIECE, morphemes, nouns, spelt

SENTENCE = "玉川上水の緑を守りたいです。"


@pytest.mark.parametrize("end", ["", "\n"], ids=["sentences", "lines"])
def test_no_word_of_a_long_text_is_cut(end: str) -> None:
    piece = SENTENCE + end
    times = 3 * PIECE // len(piece)
    assert PIECE % len(piece)  # else it would be cut where it may be
    words = [word.surface for word in morphemes(piece)]
    assert [word.surface for word in morphemes(piece * times)] == words * times
    assert nouns(piece * times) == nouns(piece) * times
    assert spelt(piece * times) == spelt(piece) * times


@pytest.mark.parametrize(
    "text", ["あ" * 3 * PIECE, "090-" * PIECE, SENTENCE * PIECE, "\n" * 2 * PIECE, "", "。"]
)
def test_nothing_of_a_text_is_left_out(text: str) -> None:
    words = morphemes(text)
    assert "".join(word.surface for word in words) == text
    assert all(text[word.start : word.end] == word.surface for word in words)
