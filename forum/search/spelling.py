"""Spellings of one word: 引っ越し 引越し 引越, サーバー サーバ. The dictionary knows what is the same word; the posts, how it is
written here.

A key stands for a word in all its spellings: its normal form, and the form in which it is inflected (出来る is another
spelling of できる, and 出来た is not).
"""

from collections.abc import Iterable, Mapping
from itertools import islice, product

from forum.screening.morphemes import SAME, Spelt, spelt

# A word of several parts, each with its spellings: so many of them are looked for.
SPELLINGS_MAX = 8
# A word that is one letter of kana is a part of half the words there are.
LEAST_MAX = 2


def key(word: Spelt) -> str:
    return f"{word.normal}/{word.inflection}" if word.inflection else word.normal


def learned(text: str) -> set[tuple[str, str]]:
    """Key and spelling of every word of the dictionary in a (folded) text whose key does not say how it is spelt."""
    found = {(key(word), word.surface) for word in spelt(text) if word.known and says_something(word.surface)}
    return {(name, surface) for name, surface in found if name != surface}


def says_something(surface: str) -> bool:
    return len(surface) >= LEAST_MAX or surface >= "\u3400"


def keys(text: str) -> list[str]:
    return [key(word) for word in spelt(text)]


def spellings(text: str, known: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The text itself, and then in other spellings of its words: those in `known`, by key, and their normal form."""
    parts = [[word.surface, *_others(word, known)] for word in spelt(text)]
    found = dict.fromkeys([text, *("".join(part) for part in islice(product(*parts), SPELLINGS_MAX))])
    return tuple(one for one in found if len(one) >= min(LEAST_MAX, len(text)))


def _others(word: Spelt, known: Mapping[str, Iterable[str]]) -> list[str]:
    if not says_something(word.surface):
        return []
    others = [*known.get(key(word), ()), *([] if word.inflection else [word.normal.casefold()])]
    others += [SAME[word.normal]] if word.normal in SAME else []
    return [other for other in others if other != word.surface and says_something(other)]


def shortest(spellings: Iterable[str]) -> list[str]:
    """Those that hold no other: where 手続き stands, 手続 does."""
    found: list[str] = []
    for one in sorted(spellings, key=len):
        if not any(other in one for other in found):
            found.append(one)
    return found
