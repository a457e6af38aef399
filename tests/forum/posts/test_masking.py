"""What is covered, and that the database covers the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.posts.masking import masked

# words, passages -> what is published
TABLE = [
    ("電話は042-387-9999です。", ["042-387-9999"], "電話は■■■■■■■■■■■■です。"),
    ("山田は山田です。", ["山田"], "■■は■■です。"),
    ("あああ", ["ああ"], "■■■"),
    ("いろはに", ["いろは", "ろはに"], "■■■■"),
    ("いろは", ["ない"], "いろは"),
    ("いろは", [""], "いろは"),
    ("いろは", [], "いろは"),
    ("", ["いろ"], ""),
    ("𠮷野家", ["𠮷野"], "■■家"),
]


@pytest.mark.parametrize(("words", "passages", "shown"), TABLE)
def test_every_place_of_every_passage_is_covered(words: str, passages: list[str], shown: str) -> None:
    assert masked(words, passages) == shown


@given(st.text("あい0■\n", max_size=30), st.lists(st.text("あい0", min_size=2, max_size=4), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_passage_is_left_and_nothing_moves(words: str, passages: list[str]) -> None:
    shown = masked(words, passages)
    assert len(shown) == len(words)
    assert not [passage for passage in passages if passage in shown]
    assert all(after in (before, "■") for before, after in zip(words, shown, strict=True))
