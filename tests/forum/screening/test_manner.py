"""Links, shouting, repetition and copies."""

import pytest

from forum.screening.copies import copies
from forum.screening.hints import Kind
from forum.screening.screen import screen

FARM = "\n".join(f"https://shop{n}.example.com/sale" for n in range(5))
NOTICED = [
    (FARM, Kind.LINKS),
    ("https://a.example/1 https://a.example/2 https://a.example/3", Kind.LINKS),
    ("ふざけるな！！！！", Kind.SHOUTING),
    ("ｗｗｗｗｗ", Kind.SHOUTING),
    ("STOP THE NEW ROAD NOW PLEASE", Kind.SHOUTING),
    ("ああああああああああああ", Kind.REPETITION),
    ("反対!反対!反対!反対!反対!", Kind.REPETITION),
    ("計画は中止すべきです。\n計画は中止すべきです。\n計画は中止すべきです。", Kind.REPETITION),
]
UNNOTICED = [
    "くわしくは https://www.city.koganei.lg.jp/ と https://example.com/ を見てください。",
    "本当ですか！？",
    "www.example.com",
    "SDGs、NDC、IPCC、COP30、ESG、DX",
    "----------\n==========\n………………………\n＊＊＊＊＊＊＊＊＊＊",
    "| --- | --- | --- | --- | --- | --- |",
    "1000000000000円",
    "はい。\nはい。\nはい。\nはい。",
]
CALL = "駅前の桜並木を切らないでください。工事の計画をもう一度見直してほしいです。"


@pytest.mark.parametrize(("text", "kind"), NOTICED)
def test_too_much_of_something_is_noticed(text: str, kind: Kind) -> None:
    assert {hint.kind for hint in screen(text)} == {kind}


@pytest.mark.parametrize("text", UNNOTICED)
def test_ordinary_texts_are_not(text: str) -> None:
    assert screen(text) == ()


def test_the_first_links_of_a_newcomer_are_noticed() -> None:
    assert [hint.kind for hint in screen("https://example.com", newcomer=True)] == [Kind.NEWCOMER]


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (CALL, 1, 1),
        ("- 駅前の　桜並木を切らないで下さい！\n- 工事の計画をもう一度見直して欲しい", 1, 1),
        ("わたしからもお願いします。" + CALL, 0.6, 0.99),
        ("図書館を夜も開けてください。仕事の帰りに寄れるようにしてほしいです。駅前にも。", None, None),
        (f"> {CALL}\n\n反対です。切るべき木もあると思います。危ない木は切ってください。", None, None),
        ("賛成です。", None, None),
    ],
)
def test_copies_and_near_copies_are_told_from_other_texts(
    other: str, least: float | None, most: float | None
) -> None:
    found = copies(CALL, ["まったく別の話です。", other])
    if least is None or most is None:
        assert found == []
    else:
        assert [copy.at for copy in found] == [1]
        assert least <= found[0].share <= most


def test_short_texts_are_equal_by_chance() -> None:
    assert copies("賛成です。", ["賛成です。"]) == []
