"""Which spellings stand for one word."""

import pytest

from forum.search.spelling import SPELLINGS_MAX, learned, shortest, spellings

POSTS = (
    "引越しの手続と引越の手続き",
    "サーバの管理",
    "子供とこどもと子ども",
    "申込み、申込",
    "出来る、できます、出来ます",
    "ねことネコ",
)


def known() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, spelling in sorted(pair for text in POSTS for pair in learned(text)):
        found.setdefault(key, []).append(spelling)
    return found


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("引っ越し", {"引越し", "引越"}),
        ("引越の手続き", {"引っ越しの手続き", "引越しの手続"}),
        ("サーバー", {"サーバ"}),
        ("サーバ", {"サーバー"}),
        ("こども会", {"子供会", "子ども会"}),
        ("申し込み", {"申込み", "申込"}),
        ("できます", {"出来ます"}),
        ("猫", {"ねこ", "ネコ"}),
        ("ゴミ", {"ごみ"}),
        ("粗大ごみの日", {"粗大ゴミの日"}),
    ],
)
def test_a_word_is_found_in_the_spellings_of_the_room(typed: str, others: set[str]) -> None:
    found = spellings(typed, known())
    assert found[0] == typed
    assert others <= {*found}
    assert len(found) <= SPELLINGS_MAX + 1


@pytest.mark.parametrize("typed", ["と", "a と b", "駅", "越しの手", "%_\\", "できる"])
def test_words_that_say_nothing_and_other_forms_stay_as_they_are(typed: str) -> None:
    assert {*spellings(typed, known())} <= {typed, "出来る"}


def test_what_holds_another_spelling_need_not_be_looked_for() -> None:
    assert shortest(["手続き", "手続", "引越し"]) == ["手続", "引越し"]


def test_only_words_of_the_dictionary_are_learned() -> None:
    assert learned("ヱ薔薇ヮ太 090-1234-5678 けやき") == {("欅", "けやき")}
