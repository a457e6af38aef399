"""Names and listed words are found as words, in every form, and never inside other words."""

import pytest

from forum.i18n import in_locale
from forum.screening.hints import Kind
from forum.screening.screen import screen

NAMES = [
    ("福祉課の高橋さんに聞きました。", "高橋"),
    ("山田 花子様より", "山田 花子"),
    ("田中課長の説明では", "田中"),
    ("担任の佐々木先生", "佐々木"),
    ("となりの鈴木健太が言うには", "鈴木健太"),
]
NO_NAMES = [
    "@さくらさんの意見に賛成です。",
    "皆さん、お母さん、市民の皆様、業者さん。",
    "鈴木市議と佐藤市長、中村議員の質問。",
    "AさんとBさんの話。",
    "本町の森と林を守る。",
    "野川の桜、緑町の公園。",
]
LISTED = [
    ("それは馬鹿だ。", "馬鹿"),
    ("ばかを言うな。", "ばか"),
    ("ほんとうにキモかった。", "キモかっ"),
    ("売国奴め。", "売国奴"),
    ("死ね！", "死ね"),
    ("殺してやる。", "殺し"),
    ("必ず儲かる話です。", "必ず儲かる"),
    ("清き一票をお願いします。", "清き一票"),
]
NOT_LISTED = [
    "リサイクルとグローバル、ペロブスカイトとデブリ。",
    "バカンスに行く。カステラを食べた。",
    "人が死ねば悲しい。多くの人が死んだ。",
    "クズリという動物。アホウドリ。",
    "市民の一票の重み、投票所を増やす。",
]


def _words(text: str, kind: Kind) -> list[str]:
    return [text[hint.start : hint.end] for hint in screen(text) if hint.kind is kind]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_beside_a_title_or_an_affiliation_is_noticed(text: str, name: str) -> None:
    assert _words(text, Kind.NAME) == [name]


@pytest.mark.parametrize("text", NO_NAMES)
def test_holders_of_offices_and_other_words_are_no_names(text: str) -> None:
    assert _words(text, Kind.NAME) == []


@pytest.mark.parametrize(("text", "word"), LISTED)
def test_a_listed_word_is_noticed_in_every_form(text: str, word: str) -> None:
    assert _words(text, Kind.WORD) == [word]


@pytest.mark.parametrize("text", NOT_LISTED)
def test_no_word_is_found_inside_another(text: str) -> None:
    assert _words(text, Kind.WORD) == []


def test_a_list_gives_its_reason_in_the_language_of_the_reader() -> None:
    assert [hint.evidence for hint in screen("それは馬鹿だ。")] == ["人をけなす言葉"]
    with in_locale("en"):
        assert [hint.evidence for hint in screen("それは馬鹿だ。")] == ["a word that belittles people"]
