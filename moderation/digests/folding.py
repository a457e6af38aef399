"""The same text sent many times: copies are folded onto the first of them, and every original is kept.

Exact copies are equal once width, spaces, bullets, punctuation and です／ます are taken away. Near copies
differ only in kana particles and the like; another number, negation or stance makes another opinion.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from forum.screening.copies import key

# The shares of 3-character sequences and of characters in order that two near copies have in common.
COMMON_SEQUENCES = 0.5
COMMON_CHARACTERS = 0.9
# In a long text a few other words change nothing; in a short one they are the point.
LONG_TEXT = 200
COMMON_CHARACTERS_LONG = 0.95

CONTENT = re.compile(r"[^ぁ-んー]")
TURNS_MEANING = re.compile(r"[\dなぬずん不未無非反賛増減止禁廃]|ませ")


def originals(texts: Sequence[str]) -> list[int]:
    """For each text the place of the first text that it is a copy of: its own place when it is none."""
    first: dict[str, int] = {}
    found = [first.setdefault(key(text), at) for at, text in enumerate(texts)]
    keys = {at: words for words, at in first.items()}
    folded: dict[int, int] = {}
    for original, copy in similar(keys):
        if original not in folded and copy not in folded and near(keys[original], keys[copy]):
            folded[copy] = original
    return [folded.get(at, at) for at in found]


def similar(keys: dict[int, str]) -> Iterator[tuple[int, int]]:
    """Pairs worth a close look, in order: those that share many 3-character sequences."""
    from sklearn.feature_extraction.text import CountVectorizer

    places = [at for at, words in keys.items() if len(words) >= 3]
    if len(places) < 2:
        return
    counter = CountVectorizer(
        analyzer="char", ngram_range=(3, 3), binary=True, lowercase=False, dtype="float32"
    )
    grams = counter.fit_transform([keys[at] for at in places])
    sizes = grams.sum(axis=1).A1
    shared = (grams @ grams.T).tocoo()
    for row, column, common in sorted(zip(shared.row, shared.col, shared.data, strict=True)):
        if row < column and common >= COMMON_SEQUENCES * (sizes[row] + sizes[column] - common):
            yield places[row], places[column]


def near(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    long = min(len(one), len(other)) >= LONG_TEXT
    needed = COMMON_CHARACTERS_LONG if long else COMMON_CHARACTERS
    if matcher.quick_ratio() < needed or matcher.ratio() < needed:
        return False
    changes = "".join(one[a:b] + other[c:d] for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")
    return not TURNS_MEANING.search(changes) and (long or not CONTENT.search(changes))
