"""The difference of two texts as a reader of the history sees it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.posts.diffing import diff

TEXTS = st.text(
    st.sampled_from("野川の水を守る。、\n aB1") | st.characters(exclude_categories=["Cs"]), max_size=60
)


@given(before=TEXTS, after=TEXTS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = diff(before, after)
    assert "".join(text for op, text in pieces if op != "added") == before
    assert "".join(text for op, text in pieces if op != "removed") == after


def test_one_changed_word_is_one_change() -> None:
    before = "橋を直してほしい。川の緑を守りたい。夜道が暗い。"
    assert diff(before, before.replace("緑", "水")) == [
        ("same", "橋を直してほしい。"),
        ("same", "川の"),
        ("removed", "緑"),
        ("added", "水"),
        ("same", "を守りたい。"),
        ("same", "夜道が暗い。"),
    ]


def test_a_new_paragraph_is_added_whole() -> None:
    assert diff("一つめ。\n", "一つめ。\n二つめ。\n") == [("same", "一つめ。\n"), ("added", "二つめ。\n")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("。" * 4000, "、。" * 2000),
        ("あア" * 2000, "アあ" * 2000),
        ("a b " * 1000, "b a " * 1000),
        ("あ。い。" * 1000, "い。あ。" * 1000),
        ("".join(f"{n % 95}。" for n in range(1000)), "".join(f"{n % 94}。" for n in range(1000))),
        ("あ、い。" * 75 + "x" * 3000, "い、あ。" * 75 + "y" * 3000),
    ],
)
def test_no_pair_of_posts_takes_long(before: str, after: str) -> None:
    started = time.process_time()
    diff(before, after)
    assert time.process_time() - started < 2
