"""Japanese sentences as words. A list of letters finds イク in リサイクル; a list of words does not.

The dictionary is loaded when the first text is read. It is mapped, not copied: processes share it.
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sudachipy import Dictionary, Tokenizer

NOUNS = frozenset({"名詞", "形状詞"})
# Words that say something by themselves, or change what another says.
CONTENT = NOUNS | {"動詞", "形容詞", "副詞", "接頭辞", "接尾辞", "代名詞", "連体詞"}
# Numbers, and nouns that say nothing by themselves.
EMPTY = frozenset({"数詞", "助動詞語幹"})
# One word that the dictionary takes for two.
SAME = {"ゴミ": "ごみ", "ごみ": "ゴミ"}

# What the analyser is given at once. It takes 49,149 bytes; of numbers that go on and on, with the square of their length.
PIECE = 2_000


class Morpheme(NamedTuple):
    """A word as it stands in the text, its dictionary form, and which part of somebody's name it is (姓, 名), if any.

    A tuple, for hundreds of them are made of every text.
    """

    start: int
    end: int
    surface: str
    base: str
    name: str


class Spelt(NamedTuple):
    """A word that says something as it stands in the text, its one normal spelling, its inflection if it has any, and whether
    the dictionary knows it. Words that only join others are their own normal spelling."""

    surface: str
    normal: str
    inflection: str
    known: bool


def morphemes(text: str) -> list[Morpheme]:
    """Every word in order; nothing of the text is left out."""
    found = []
    for at, piece in _pieces(text):
        for word in _tokenizer().tokenize(piece):
            start, end = at + word.begin(), at + word.end()
            name, inflects = _part_of_speech(word.part_of_speech_id())
            surface = text[start:end]
            found.append(Morpheme(start, end, surface, word.dictionary_form() if inflects else surface, name))
    return found


def nouns(text: str) -> list[str]:
    """What a text is about: its nouns as short words in one spelling each. 引越し, 引っ越し → 引っ越し."""
    from sudachipy import SplitMode

    found = []
    for _at, piece in _pieces(text):
        read = _tokenizer().tokenize(piece, mode=SplitMode.A)
        found += [word.normalized_form() for word in read if _is_noun(word.part_of_speech_id())]
    return found


def spelt(text: str) -> list[Spelt]:
    """Every word in order; nothing of the text is left out."""
    found = []
    for at, piece in _pieces(text):
        for word in _tokenizer().tokenize(piece):
            surface, inflection = (
                text[at + word.begin() : at + word.end()],
                _inflection(word.part_of_speech_id()),
            )
            if inflection is None:
                found.append(Spelt(surface, surface, "", False))
            else:
                found.append(Spelt(surface, word.normalized_form(), inflection, not word.is_oov()))
    return found


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in order, and where each piece of it begins. They end where a line or a sentence does, so that no word is cut,
    unless none does for too long."""
    start = 0
    while start < len(text):
        end = start + PIECE
        if end < len(text):
            end = max(text.rfind(mark, start, end) for mark in "\n。") + 1 or end
        yield start, text[start:end]
        start = end


@cache
def _dictionary() -> "Dictionary":
    """Loading takes a third of a second, so only who needs it pays."""
    from sudachipy import Dictionary

    return Dictionary(dict="small")


@cache
def _tokenizer() -> "Tokenizer":
    from sudachipy import SplitMode

    return _dictionary().tokenizer(mode=SplitMode.C)


@cache
def _part_of_speech(number: int) -> tuple[str, bool]:
    """Which part of somebody's name such words are, if any, and whether they have other forms."""
    part = _dictionary().pos_of(number)
    return part[3] if part[2] == "人名" else "", part[5] != "*"


@cache
def _inflection(number: int) -> str | None:
    """The form in which such words are inflected, "" for those that are not; None for words that only join others."""
    part = _dictionary().pos_of(number)
    return part[5].removeprefix("*") if part[0] in CONTENT else None


@cache
def _is_noun(number: int) -> bool:
    """Whether such words name something."""
    part = _dictionary().pos_of(number)
    return part[0] in NOUNS and part[1] not in EMPTY
