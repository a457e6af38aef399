"""Word lists, matched on words and their inflections. A list says why a moderator should look, and decides nothing."""

import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from pydantic import BaseModel

from forum.i18n import by_locale
from forum.screening.hints import Hint, Kind
from forum.screening.lists import HERE
from forum.screening.morphemes import Morpheme

KATAKANA_AS_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


class WordList(BaseModel):
    """A list as the file has it."""

    reason: str
    reason_en: str
    words: list[str]


class WordLists(BaseModel):
    """The file words.toml."""

    list: list[WordList]


def listed_words(words: Sequence[Morpheme]) -> Iterator[Hint]:
    """Every entry that begins and ends where words do; one in its plain form is found in all of its forms."""
    plain, entries = [_plain(word.surface) for word in words], _entries()
    for at, word in enumerate(words):
        for entry, source in entries.get(plain[at][:1], ()):
            if last := _last(entry, words, plain, at):
                evidence = by_locale(source.reason, source.reason_en)
                yield Hint(Kind.WORD, word.start, last.end, evidence)


def _last(entry: str, words: Sequence[Morpheme], plain: list[str], at: int) -> Morpheme | None:
    """The word with which the entry ends that begins at this one, if it stands here."""
    before = ""
    for place in range(at, len(words)):
        word = words[place]
        if before + _plain(word.base) == entry:
            return word
        before += plain[place]
        if before == entry:
            return (
                None if plain[place + 1 : place + 2] == ["ば"] else word
            )  # 死ねば is a condition, not a wish
        if not entry.startswith(before):
            return None
    return None


@cache
def _entries() -> dict[str, list[tuple[str, WordList]]]:
    """By the first letter, for most words of a text begin no entry."""
    written = WordLists.model_validate(tomllib.loads((HERE / "words.toml").read_text()))
    found: dict[str, list[tuple[str, WordList]]] = {}
    for source in written.list:
        for entry in map(_plain, source.words):
            found.setdefault(entry[0], []).append((entry, source))
    return found


@lru_cache(maxsize=20_000)
def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().translate(KATAKANA_AS_HIRAGANA)
