"""The passage that a hit shows."""

import pytest

from forum.search.excerpts import LENGTH, excerpt


@pytest.mark.parametrize(
    ("html", "terms", "shown"),
    [
        ("<p>野川の緑を守る</p>", ["の緑"], "野川<mark>の緑</mark>を守る"),
        ("<p>ＩＴ推進とIT</p>", ["it"], "<mark>ＩＴ</mark>推進と<mark>IT</mark>"),
        ("<p>ﾊﾟﾄﾛｰﾙ隊</p>", ["パト"], "<mark>ﾊﾟﾄ</mark>ﾛｰﾙ隊"),
        ("<p>㍿野川</p>", ["会社"], "<mark>㍿</mark>野川"),
        ("<p>大切な<strong>とこ</strong>ろ</p>", ["なところ"], "大切<mark>なところ</mark>"),
        ("<p>公園公園</p>", ["公園", "園公"], "<mark>公園公園</mark>"),
        ("<p>一行目<br>\n二行目</p>", ["目 二"], "一行<mark>目 二</mark>行目"),
        ("<p>1 &lt; 2 &amp; 3</p>", ["< 2"], "1 <mark>&lt; 2</mark> &amp; 3"),
        ("<p>題名だけに言葉がある</p>", ["駅前"], "題名だけに言葉がある"),
    ],
)
def test_the_words_are_marked_as_they_were_written(html: str, terms: list[str], shown: str) -> None:
    assert excerpt(html, terms) == shown


def test_a_long_text_is_cut_around_the_first_find() -> None:
    shown = str(excerpt(f"<p>{'あ' * 500}公園{'い' * 500}公園</p>", ["公園"]))
    assert shown.startswith("…あ")
    assert shown.endswith("い…")
    assert shown.count("<mark>") == 1
    assert len(shown) == LENGTH + len("……<mark></mark>")


def test_what_the_post_says_stays_text() -> None:
    assert excerpt("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", ["script"]) == (
        "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"
    )
