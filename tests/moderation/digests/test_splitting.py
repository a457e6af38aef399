"""How a text falls into opinions, greetings and quotes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moderation.digests.kinds import Kind
from moderation.digests.splitting import Part, Span, split


def cut(text: str) -> list[tuple[str, str]]:
    return [(span.part.value, text[span.start : span.end]) for span in split(text)]


def opinions_in(text: str) -> list[str]:
    return [words for part, words in cut(text) if part == "opinion"]


def test_greetings_at_both_ends_are_kept_apart_from_the_opinion() -> None:
    text = "はじめまして。緑町に住む者です。\n\n駐輪場を増やしてほしいです。\n\nどうぞよろしくお願いします！"
    assert cut(text) == [
        ("greeting", "はじめまして。"),
        ("opinion", "緑町に住む者です。\n\n駐輪場を増やしてほしいです。"),
        ("greeting", "どうぞよろしくお願いします！"),
    ]


def test_a_request_in_polite_words_is_no_greeting() -> None:
    assert cut("街灯の増設をよろしくお願いします。") == [("opinion", "街灯の増設をよろしくお願いします。")]


def test_the_words_of_others_are_quotes_and_each_reply_to_them_stands_alone() -> None:
    text = (
        "> 駐輪場を増やしてほしいです。\n\n賛成です。うちも困っています。\n\n"
        "＞ 図書館は21時まで\n\nこれは反対です。"
    )
    assert cut(text) == [
        ("quote", "> 駐輪場を増やしてほしいです。"),
        ("opinion", "賛成です。うちも困っています。"),
        ("quote", "＞ 図書館は21時まで"),
        ("opinion", "これは反対です。"),
    ]


def test_a_post_number_is_no_quotation_mark() -> None:
    assert cut(">>3 さんに賛成です。") == [("opinion", ">>3 さんに賛成です。")]


def test_a_closing_bracket_on_its_own_line_is_no_quotation_mark() -> None:
    text = "＜クリエイターの懸念\n＞について、検討してほしいです。"
    assert cut(text) == [("opinion", text)]


@pytest.mark.parametrize(
    "text",
    ["ありがとうございます。", "> 引用だけ\n> の投稿", "こんにちは。\n\n> 引用\n\nよろしくお願いします。"],
)
def test_a_text_without_an_opinion_becomes_one_so_that_a_person_decides(text: str) -> None:
    assert cut(text) == [("opinion", text)]


def test_each_item_of_a_list_of_demands_can_be_answered_alone() -> None:
    text = "次のことを要望します。\n- 公園の遊具の更新\n- 街灯の増設\n- ベンチの設置"
    assert opinions_in(text) == [
        "次のことを要望します。\n- 公園の遊具の更新",
        "- 街灯の増設",
        "- ベンチの設置",
    ]
    assert {span.kind for span in split(text)} == {Kind.REQUEST}


def test_japanese_bullets_make_a_list_too() -> None:
    text = (
        "・保育園を増やしてほしい\n・学童は六年生まで通えるようにして\n　ください\n・給食費の値上げには反対"
    )
    assert opinions_in(text) == [
        "・保育園を増やしてほしい",
        "・学童は六年生まで通えるようにして\n　ください",
        "・給食費の値上げには反対",
    ]


def test_a_list_that_makes_one_sentence_stays_whole() -> None:
    text = "（65 ページ）\n・地域との共生を図ること、\n・制度を実現すること、\nについての記載を評価します。"
    assert cut(text) == [("opinion", text)]


def test_the_items_of_a_reason_stay_with_what_they_support() -> None:
    text = "街灯を増やしてください。\n\n理由：\n・夜道が暗くて不安です\n・塾帰りの子に見守りも必要です"
    assert opinions_in(text) == [text]


def test_a_heading_joins_what_follows() -> None:
    text = "## 公園\n\nベンチを増やしてほしい。\n\n## 図書館\n\n夜も開けてほしい。"
    assert opinions_in(text) == ["## 公園\n\nベンチを増やしてほしい。", "## 図書館\n\n夜も開けてほしい。"]


def test_a_place_in_the_plan_joins_the_opinion_about_it() -> None:
    text = "P18 L22\n労働組合も関係主体に加えるべきです。"
    assert opinions_in(text) == [text]


def test_background_before_a_demand_and_reasons_after_it_join_it() -> None:
    text = (
        "昨日、野川を歩きました。\n\nごみが多いのが気になりました。\n\n"
        "清掃の日を増やすのはどうでしょうか。\n\n理由は、夏になると人も増えるからです。"
    )
    assert opinions_in(text) == [text]


def test_a_turn_within_a_paragraph_begins_the_next_demand() -> None:
    text = "駐輪場を増やしてほしいです。\nもう一つ、図書館は夜も開けてもらえないでしょうか。"
    assert opinions_in(text) == [
        "駐輪場を増やしてほしいです。",
        "もう一つ、図書館は夜も開けてもらえないでしょうか。",
    ]


def test_a_short_paragraph_is_not_cut_at_mere_conjunctions() -> None:
    text = "街灯を増やしてください。また、歩道も直してください。"
    assert opinions_in(text) == [text]


def test_a_long_paragraph_is_cut_where_a_second_demand_follows() -> None:
    first = "駅前の放置自転車は通行の妨げになっていて、" * 5 + "撤去を増やしてほしいです。"
    second = "また、" + "駅から離れた場所にも停めやすい場所があれば、" * 3 + "駐輪場を増やしてほしいです。"
    assert opinions_in(first + second) == [first, second]


def test_a_picture_between_paragraphs_is_shown_and_not_said() -> None:
    picture = f"![割れたベンチ](/files/{'0' * 64}-80x60.jpg)"
    assert cut(f"座れません。\n\n{picture}\n\n直してください。") == [
        ("opinion", "座れません。"),
        ("quote", picture),
        ("opinion", "直してください。"),
    ]
    assert cut(picture) == [("opinion", picture)]


def test_what_is_quoted_in_brackets_is_not_what_the_writer_asks_for() -> None:
    text = "案には「再開発を中止してほしい」という声が載っています。\n\n図書館の席を増やしてほしいです。"
    assert opinions_in(text) == [text]
    assert [span.kind for span in split(text)] == [Kind.REQUEST]


@pytest.mark.parametrize(
    ("text", "kind", "evidence"),
    [
        ("ごみの有料化には反対です。", Kind.OPPOSE, "反対"),
        ("ベンチを置いて欲しい。", Kind.REQUEST, "て欲しい"),
        ("空き家を集会所に使うのはどうでしょうか。", Kind.PROPOSAL, "どうでしょう"),
        ("この案に賛成します。", Kind.SUPPORT, "賛成"),
        ("工事はいつ終わりますか？", Kind.QUESTION, "ますか？"),
        ("夜道が不安です。", Kind.FEELING, "不安"),
        ("市報によると来年度からです。", Kind.INFORMATION, "によると"),
        ("こがねい公園の桜。", None, ""),
    ],
)
def test_the_kind_is_suggested_with_the_words_that_led_to_it(
    text: str, kind: Kind | None, evidence: str
) -> None:
    assert split(text) == [Span(0, len(text), Part.OPINION, kind, evidence)]


def test_an_empty_text_has_no_spans() -> None:
    assert split(" \n　\n") == []


scraps = st.sampled_from(
    [
        *"。！？、「」（）＞＜>#*-・①1.2) 　\n\t\r\x0b\x85\u2028",
        *(
            "はじめまして。",
            "ありがとうございます",
            "よろしくお願いします。",
            "また、",
            "もう一つ、",
            "理由：",
            "以下を要望します。",
        ),
        *(
            "してほしい。",
            "反対です。",
            "について",
            "第3章",
            "P12 L3",
            "> 引用\n",
            "\n\n",
            "```\n",
            "𠮷野家",
            "👍🏽",
            "か\u3099",
        ),
    ]
)


@given(st.one_of(st.text(), st.lists(scraps, max_size=40).map("".join)))
@example("はじめまして。\n \n。")
def test_no_text_is_lost(text: str) -> None:
    spans = split(text)
    owners = [sum(span.start <= at < span.end for span in spans) for at in range(len(text))]
    assert all(count == 1 for count, character in zip(owners, text, strict=True) if not character.isspace())
    assert max(owners, default=0) <= 1
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] != "" for span in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)
    assert all(span.evidence in text[span.start : span.end] or span.kind for span in spans)
    assert not spans or any(span.part is Part.OPINION for span in spans)
