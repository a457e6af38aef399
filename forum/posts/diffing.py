"""What changed between two versions of a text, in pieces a person can read: by sentences, then by words."""

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

Piece = tuple[Literal["same", "added", "removed"], str]

SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]+|[^。！？!?\n]+")
# Runs of one kind of writing stand for words, which Japanese does not separate.
WORD = re.compile(r"[一-鿿々]+|[ぁ-ゟ]+|[ァ-ヿー]+|[A-Za-z0-9]+|\s+|.", re.DOTALL)
# To compare n parts with m takes n·m steps in most texts, and minutes in a text that was made for that.
# What exceeds this is shown as replaced: 500 sentences on both sides, 150 words where sentences differ.
SENTENCE_PAIRS_MAX = 500 * 500
WORD_PAIRS_MAX = 150 * 150


@lru_cache(128)
def diff(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order; `same` and `added` together are `after`."""
    return [*_compared(before, after, SENTENCE, SENTENCE_PAIRS_MAX, _by_words)]


def _by_words(before: str, after: str) -> Iterator[Piece]:
    return _compared(before, after, WORD, WORD_PAIRS_MAX, _replaced)


def _replaced(before: str, after: str) -> Iterator[Piece]:
    if before:
        yield "removed", before
    if after:
        yield "added", after


def _compared(
    before: str,
    after: str,
    part: re.Pattern[str],
    pairs_max: int,
    closer: Callable[[str, str], Iterator[Piece]],
) -> Iterator[Piece]:
    """Splits both into parts; what differs between them is looked at more closely."""
    old, new = part.findall(before), part.findall(after)
    if len(old) * len(new) > pairs_max:
        yield from _replaced(before, after)
        return
    for op, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if op == "equal":
            yield "same", "".join(old[a:b])
        else:
            yield from closer("".join(old[a:b]), "".join(new[c:d]))
