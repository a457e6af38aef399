"""What looks personal is found where it stands, and what only resembles it is left alone."""

import pytest

from forum.screening.hints import Kind
from forum.screening.personal import personal_data

FOUND = [
    ("電話は042-383-1112です。", Kind.PHONE, "042-383-1112"),
    ("０９０ー１２３４ー５６７８まで", Kind.PHONE, "０９０ー１２３４ー５６７８"),
    ("TEL042(383)1112", Kind.PHONE, "042(383)1112"),
    ("（０４２）３８３−１１１２", Kind.PHONE, "（０４２）３８３−１１１２"),
    ("09012345678に", Kind.PHONE, "09012345678"),
    ("電話：0423831112", Kind.PHONE, "0423831112"),
    ("+81-90-1234-5678", Kind.PHONE, "+81-90-1234-5678"),
    ("+81 (0)42-383-1112", Kind.PHONE, "+81 (0)42-383-1112"),
    ("0120-123-456", Kind.PHONE, "0120-123-456"),
    ("０５０－１２３４－５６７８", Kind.PHONE, "０５０－１２３４－５６７８"),
    ("電話 383-1234", Kind.PHONE, "383-1234"),
    ("taro.yamada+news@example.co.jp宛て", Kind.EMAIL, "taro.yamada+news@example.co.jp"),
    ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", Kind.EMAIL, "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ"),
    ("taro[at]example.com", Kind.EMAIL, "taro[at]example.com"),
    ("taro アットマーク example ドット com", Kind.EMAIL, "taro アットマーク example ドット com"),
    ("連絡は taro at example.com へ", Kind.EMAIL, "taro at example.com"),
    ("〒184-0004", Kind.POSTAL, "〒184-0004"),
    ("１８４－０００４東京都", Kind.POSTAL, "１８４－０００４"),
    ("郵便番号は1840004", Kind.POSTAL, "1840004"),
    ("小金井市緑町三丁目2番15号です", Kind.ADDRESS, "小金井市緑町三丁目2番15号"),
    ("緑町３－２－１５－２０３", Kind.ADDRESS, "緑町３－２－１５－２０３"),
    ("府中市若松町1-2-3 コーポ緑101号室", Kind.ADDRESS, "府中市若松町1-2-3 コーポ緑101号室"),
    ("自宅は緑町3-2です", Kind.ADDRESS, "緑町3-2"),
    ("さいたま市浦和区高砂3丁目15番1号", Kind.ADDRESS, "さいたま市浦和区高砂3丁目15番1号"),
    ("マイナンバーは1234 5678 9018", Kind.MY_NUMBER, "1234 5678 9018"),
    ("123456789018です", Kind.MY_NUMBER, "123456789018"),
    ("4111-1111-1111-1111", Kind.CARD, "4111-1111-1111-1111"),
    ("378282246310005", Kind.CARD, "378282246310005"),
]
LEFT_ALONE = [
    "2012－2020年", "2026-04-01", "12:30-13:45", "1,234,567円", "第03-2023-0001号", "ISBN978-4-06-519012-3",
    "国道16号と都道134号線", "100-2000人", "緑町3-2本町で勝った", "緑町3丁目の公園", "第3-2-1表", "小金井市条例1-2-3",
    "0.042-383", "マイナンバーは123456789012", "4111-1111-1111-1112", "192.168.10.11", "受付番号09012345678",
    "look at example.com", "@koganei さん", "https://example.com/@koganei", "202604011230", "000-0000-0000",
    "野川の緑を守りたい。", "", "1840004",
]  # fmt: skip
PUBLIC = [
    "042-383-1111",
    "０４２（３８３）１１１１",
    "info@city.koganei.lg.jp",
    "〒184-8504",
    "小金井市本町六丁目6番3号",
]


@pytest.mark.parametrize(("text", "kind", "words"), FOUND)
def test_it_is_found_where_it_stands(text: str, kind: Kind, words: str) -> None:
    assert [(hint.kind, text[hint.start : hint.end]) for hint in personal_data(text)] == [(kind, words)]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_only_resembles_it_is_left_alone(text: str) -> None:
    assert personal_data(text) == ()


@pytest.mark.parametrize("text", PUBLIC)
def test_contacts_of_offices_are_public(text: str) -> None:
    assert personal_data(text) == ()
