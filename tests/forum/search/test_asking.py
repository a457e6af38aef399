"""The line that somebody typed, read."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.search.asking import Asked, Word, understood
from forum.search.rules import QUESTION_MAX
from tests.examples import examples

SIGNS = '"“”„＂:：@*%_\\ \u3000あ園aｂ-()[]'
PIECES = st.sampled_from(
    ["board:", "会議室:", "before:", "まで：", "author:", '"', "2026-02-30", "公園", " ", ":"]
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("公園 子ども", Asked((Word("公園"), Word("子ども")))),
        ('"引越し" 公園', Asked((Word("引越し", exact=True), Word("公園")))),
        ("“野川 緑”", Asked((Word("野川 緑", exact=True),))),
        ("公園 会議室:防災 投稿者：けやき", Asked((Word("公園"),), board="防災", author="けやき")),
        ('board:"ごみ と 資源"', Asked(board="ごみ と 資源")),
        ("タグ:防災 tag:midori", Asked(tag="midori")),
        ("ＢＯＡＲＤ:a board:b", Asked(board="b")),
        ("after:2026 before:2026/2", Asked(after=date(2026, 1, 1), before=date(2026, 2, 28))),
        ("から:2026年4月1日", Asked(after=date(2026, 4, 1))),
        ("before:昨日 after:2026-13", Asked(unclear=("2026-13", "昨日"))),
        ("has:city-answer 公園", Asked((Word("公園"),), has="city-answer")),
        ("あり:市の回答", Asked(has="city-answer")),
        ("会議室: 福祉 公園", Asked((Word("公園"),), board="福祉")),
        ("注意: 福祉", Asked((Word("注意:"), Word("福祉")))),
        ('注意: "a b"', Asked((Word("注意:"), Word("a b", exact=True)))),
        ("ＨＡＳ：Ｃｉｔｙ-Answer", Asked(has="city-answer")),
        # What is no filter and no quotation is looked for.
        ('"', Asked((Word('"'),))),
        ('""', Asked((Word('""'),))),
        ('a"b"', Asked((Word('a"b"'),))),
        ('"公園', Asked((Word('"公園'),))),
        ("has:wings", Asked((Word("has:wings"),))),
        ("board:", Asked((Word("board:"),))),
        ("https://example.jp/a", Asked((Word("https://example.jp/a"),))),
        ('時刻:"a b"', Asked((Word('時刻:"a'), Word('b"')))),
        ("   ", Asked()),
    ],
)
def test_words_quotations_and_filters_are_told_apart(typed: str, read: Asked) -> None:
    assert understood(typed) == read


@given(st.text(st.sampled_from(SIGNS), max_size=QUESTION_MAX) | st.lists(PIECES, max_size=20).map("".join))
@settings(max_examples=examples(60))
def test_no_line_is_an_error_and_nothing_of_it_is_lost(typed: str) -> None:
    read = understood(typed)
    assert bool(typed.strip()) == (read != Asked())
    assert all(word.text.strip() for word in read.words)
