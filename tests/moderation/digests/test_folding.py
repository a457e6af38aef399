"""Copies are folded onto the first; what differs in meaning is not."""

import pytest

from moderation.digests.folding import originals

TREES = "・駅前の桜並木を切らないでほしい\n・どうか工事の計画を見直してください"


@pytest.mark.parametrize(
    "copy",
    [
        TREES,
        "駅前の桜並木を切らないでほしいです。\n１．どうか工事の計画を見直して下さい！",
        "- 駅前の桜並木を切らないで欲しい\n- どうか工事の計画を見直してください",
        "（１）駅前の 桜並木を、切らないでほしい。\n（２）どうか工事の計画を見直してください。",
    ],
)
def test_bullets_spaces_width_and_politeness_do_not_make_another_opinion(copy: str) -> None:
    assert originals([TREES, "図書館を夜も開けてほしい", copy]) == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "該当する権利の侵害を防ぐ規則を作るべきだと考える",
            "該当する権利の侵害を防ぐ規則を作るべきだと考えます。",
        ),
        ("不当な権利の侵害行為に該当する", "不当な権利の侵害行為に該当します"),
        (
            "桜が切られたらすごく悲しくなるから嫌です、見直してください",
            "桜が切られたら悲しくなるから嫌です、見直してください",
        ),
    ],
)
def test_another_ending_or_an_added_kana_word_is_a_copy(one: str, other: str) -> None:
    assert originals([one, other]) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("駅前の再開発の計画に賛成します", "駅前の再開発の計画に反対します"),
        ("第3章の図書館についての記述を直してください", "第4章の図書館についての記述を直してください"),
        ("公園の遊具を新しいものに替えてほしいです", "公園の遊具を新しいものに替えないでほしいです"),
        ("北口の駐輪場を増やしてほしいです", "南口の駐輪場を増やしてほしいです"),
    ],
)
def test_another_number_stance_or_noun_makes_another_opinion(one: str, other: str) -> None:
    assert originals([one, other]) == [0, 1]


def test_copies_of_copies_fold_onto_the_first_of_all() -> None:
    texts = ["桜を切らないでほしい", "桜を切らないでほしいです", "図書館", "桜を切らないで欲しいです！"]
    assert originals(texts) == [0, 0, 2, 0]


def test_texts_of_marks_alone_are_copies_only_when_equal() -> None:
    assert originals(["！！！", "？", "！！！", ""]) == [0, 1, 0, 3]
