"""Readings over kanji (ふりがな) for those who ask for them: finished HTML with <ruby> around its words.

Nothing that is kept or hashed is touched, and what everybody receives stays the same for all: readings are added where
a page, a piece of one or a change of one leaves for its readers. Each text is read once and remembered by its words, so a
version of a post or of a plan is read again only after a restart. Decision 27 says why.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from forum.between_tags import TEXTS_KEPT, changed

if TYPE_CHECKING:
    from sudachipy import Tokenizer

COOKIE = "furigana"
# The analyser takes 49,149 bytes at once.
PIECE = 12_000

KANJI = re.compile("[一-鿿々]")
RUN = re.compile("[一-鿿々]+|[^一-鿿々]+")
# Where letters are counted, typed or run, or where readings are there already; and names of people, which nobody can guess.
LEFT_ALONE = frozenset({"title", "script", "style", "textarea", "select", "svg", "code", "pre", "ruby"})
VERBATIM = re.compile(r'class="[^"]*\bpen-name\b|\bdata-verbatim\b')
# On pages in another language what is Japanese is marked already.
CALLED = re.compile("<strong>(?:<span[^>]*>)*@")
KANA = re.compile("[ぁ-ゖー]+")
HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}

# Places of Koganei as the post office reads them (Japan Post, KEN_ALL, 2025), and what surrounds them.
# A dictionary of the country knows other towns of the same letters.
PLACES = {
    "梶野町": "かじのちょう",
    "関野町": "せきのちょう",
    "緑町": "みどりちょう",
    "本町": "ほんちょう",
    "桜町": "さくらちょう",
    "東町": "ひがしちょう",
    "中町": "なかちょう",
    "前原町": "まえはらちょう",
    "貫井南町": "ぬくいみなみちょう",
    "貫井北町": "ぬくいきたまち",
    "小金井": "こがねい",
    "小金井（サクラ）": "こがねい（さくら）",
    "一丁目": "いっちょうめ",
    "前原": "まえはら",
    "上之原": "うえのはら",
    "上の原": "うえのはら",
    "小長久保": "こながくぼ",
    "崖線": "がいせん",
    "多摩川": "たまがわ",
    "滄浪泉園": "そうろうせんえん",
    "八幡神社": "はちまんじんじゃ",
    "金蔵院": "こんぞういん",
    "農工大通り": "のうこうだいどおり",
    "行幸通り": "みゆきどおり",
    "東八道路": "とうはちどうろ",
    "小金井橋": "こがねいばし",
    "二枚橋": "にまいばし",
    "茜屋橋": "あかねやばし",
    "鞍尾根橋": "くらおねばし",
}
# Words that the dictionary reads as people seldom do, or takes to pieces.
WORDS = {
    "一度": "いちど",
    "一つ": "ひとつ",
    "一日中": "いちにちじゅう",
    "一昨日": "おととい",
    "二つ": "ふたつ",
    "三つ": "みっつ",
    "四つ": "よっつ",
    "何人": "なんにん",
    "何時": "なんじ",
    "大文字": "おおもじ",
    "小文字": "こもじ",
    "既読": "きどく",
    "日本": "にほん",
    "日本語": "にほんご",
    "期日前": "きじつぜん",
    "年月日": "ねんがっぴ",
    "私": "わたし",
    "階": "かい",
    "節": "せつ",
    "通行止め": "つうこうどめ",
    "高架下": "こうかした",
    "白杖": "はくじょう",
    "雑木林": "ぞうきばやし",
    "雨水浸透": "うすいしんとう",
    "富士山": "ふじさん",
}
KNOWN = PLACES | WORDS
KNOWN_WORD = re.compile("|".join(sorted(KNOWN, key=len, reverse=True)))
# What sounds otherwise at the end of a longer word, unless it is a verb (毎日書き).
JOINED = {"日": "び", "沿い": "ぞい", "通り": "どおり", "切れ": "ぎれ", "書き": "がき"}
# Numbers, and these after them, are read in many ways (1日, 二人, 三本): no reading is better than a wrong one.
AFTER_NUMBERS = re.compile("[日人]|.*[ぱ-ぽば-ぼ]")
_lock = Lock()


def asked_for(cookies: Mapping[str, str]) -> bool:
    """Whether this device shows readings."""
    return cookies.get(COOKIE) == "on"


def ruby(html: str) -> str:
    """The page, or a piece of one, with readings over its kanji."""
    return changed(html, annotated, _is_left_alone)


def _is_left_alone(tag: re.Match[str], name: str) -> bool:
    return bool(name in LEFT_ALONE or VERBATIM.search(tag[0]) or CALLED.match(tag.string, tag.start()))


def annotated(text: str) -> str:
    """A text without tags, as it stands in HTML."""
    return _annotated(text) if KANJI.search(text) else text


@lru_cache(TEXTS_KEPT)
def _annotated(text: str) -> str:
    # One element, as the text was one piece: the words of a button do not drift apart.
    words = "".join(over(surface, reading) if reading else surface for surface, reading in readings(text))
    return f"<span>{words}</span>"


def over(surface: str, reading: str) -> str:
    """A word with its reading above the kanji alone: kana of the word stand for themselves."""
    runs = RUN.findall(surface)
    pattern = "".join("(.+?)" if KANJI.match(run) else re.escape(run.translate(HIRAGANA)) for run in runs)
    found = re.fullmatch(pattern, reading)
    if found is None:
        return _ruby(surface, reading)
    above = iter(found.groups())
    return "".join(_ruby(run, next(above)) if KANJI.match(run) else run for run in runs)


def _ruby(base: str, above: str) -> str:
    return f"<ruby>{base}<rp>（</rp><rt>{above}</rt><rp>）</rp></ruby>"


def readings(text: str) -> list[tuple[str, str]]:
    """(word, its reading in hiragana, or nothing where there is none to show), in order and without a gap."""
    words = [word for at in range(0, len(text), PIECE) for word in _read(text[at : at + PIECE])]
    starts, ends, at = dict[int, int](), dict[int, int](), 0
    for number, (surface, _reading) in enumerate(words):
        starts[at], at = number, at + len(surface)
        ends[at] = number + 1
    found: list[tuple[str, str]] = []
    done = 0
    for known in KNOWN_WORD.finditer(text):
        first, last = starts.get(known.start()), ends.get(known.end())
        # 中町 in 田中町長 is no place.
        if first is None or last is None or first < done:
            continue
        found += [*words[done:first], (known[0], KNOWN[known[0]])]
        done = last
    return found + words[done:]


def _read(text: str) -> Iterator[tuple[str, str]]:
    before, after_number = "", False
    with _lock:  # an analyser reads one text at a time
        words = [
            (word.surface(), word.reading_form(), word.part_of_speech())
            for word in _tokenizer().tokenize(text)
        ]
    for surface, katakana, (kind, sort, *_inflection) in words:
        reading = katakana.translate(HIRAGANA)
        if kind != "動詞" and KANJI.fullmatch(before[-1:]):
            reading = JOINED.get(surface, reading)
        is_number = sort == "数詞" or surface[-1:].isdigit()
        unsure = is_number or (
            after_number and (AFTER_NUMBERS.match(surface) or AFTER_NUMBERS.match(reading))
        )
        known = KANJI.search(surface) and KANA.fullmatch(reading)
        yield surface, reading if known and not unsure else ""
        before, after_number = surface, is_number


@cache
def _tokenizer() -> "Tokenizer":
    """Loading takes a third of a second, so only who needs it pays."""
    from sudachipy import Dictionary, SplitMode

    return Dictionary(dict="small").tokenizer(mode=SplitMode.C)
