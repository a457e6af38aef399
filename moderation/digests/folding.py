"""The same text sent many times: copies are folded onto the first of them, and every original is kept.

Exact copies are equal once width, spaces, bullets, punctuation and です／ます are taken away. Near copies
differ only in kana particles and the like; another number, negation or stance makes another opinion.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from forum.screening.copies import key
from moderation.digests.progress import Told, silent

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# The share of characters in order that two near copies have in common.
COMMON_CHARACTERS = 0.9
# In a long text a few other words change nothing; in a short one they are the point.
LONG_TEXT = 200
COMMON_CHARACTERS_LONG = 0.95
# So many of their 3-character sequences two long texts share at least, if they do.
COMMON_SEQUENCES = 0.7
# So many texts that differ in kana alone are compared with each other.
CLOSE_LOOKS = 20
# Texts, and pairs of texts, that are compared at once: more would not go faster.
BLOCK = 200
AT_ONCE = 20_000

CONTENT = re.compile(r"[^ぁ-んー]")
WITHOUT = re.compile(r"[ぁ-んー]+")
TURNS_MEANING = re.compile(r"[\dなぬずん不未無非反賛増減止禁廃]|ませ")


def originals(texts: Sequence[str], told: Told = silent) -> list[int]:
    """For each text the place of the first text that it is a copy of: its own place when it is none."""
    first: dict[str, int] = {}
    found = [first.setdefault(key(text), at) for at, text in enumerate(texts)]
    keys = {at: words for words, at in first.items()}
    folded: dict[int, int] = {}
    for original, copy in sorted({*same_but_for_kana(keys), *similar(keys, told)}):
        if original not in folded and copy not in folded and near(keys[original], keys[copy]):
            folded[copy] = original
    return [folded.get(at, at) for at in found]


def same_but_for_kana(keys: Mapping[int, str]) -> Iterator[tuple[int, int]]:
    """Short texts are near copies only if nothing but kana differs: each with the first ones like it."""
    alike: dict[str, list[int]] = {}
    for at, words in keys.items():
        alike.setdefault(WITHOUT.sub("", words), []).append(at)
    for places in alike.values():
        for later, at in enumerate(places):
            yield from ((earlier, at) for earlier in places[:later][:CLOSE_LOOKS])


def similar(keys: Mapping[int, str], told: Told = silent) -> Iterator[tuple[int, int]]:
    """Pairs of long texts that are worth a close look: those that share many 3-character sequences."""
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    places = [at for at, words in keys.items() if len(words) >= LONG_TEXT]
    if len(places) < 2:
        return
    counter = CountVectorizer(
        analyzer="char", ngram_range=(3, 3), binary=True, lowercase=False, dtype=np.int32
    )
    grams = counter.fit_transform([keys[at] for at in places])
    sizes, rare = grams.sum(axis=1).A1, rarest(grams)
    turned = rare.T.tocsr()
    for start in range(0, len(places), BLOCK):
        told(start, len(places))
        met = (rare[start : start + BLOCK] @ turned).tocoo()
        later = met.col > met.row + start
        one, other = met.row[later].astype(np.int64) + start, met.col[later].astype(np.int64)
        near_in_size = np.minimum(sizes[one], sizes[other]) >= COMMON_SEQUENCES * np.maximum(
            sizes[one], sizes[other]
        )
        pairs = np.sort(one[near_in_size] * len(places) + other[near_in_size])
        for of_block in np.array_split(pairs, len(pairs) // AT_ONCE + 1):
            one, other = np.divmod(of_block, len(places))
            common = grams[one].multiply(grams[other]).sum(axis=1).A1
            enough = common >= COMMON_SEQUENCES * (sizes[one] + sizes[other] - common)
            for first, second in zip(one[enough].tolist(), other[enough].tolist(), strict=True):
                yield places[first], places[second]


def rarest(grams: "csr_matrix") -> "csr_matrix":
    """Of each text those sequences of which two that share enough must share one: the rarer half."""
    import numpy as np
    from scipy.sparse import csr_matrix

    spread = np.bincount(grams.indices, minlength=grams.shape[1])
    sizes = np.diff(grams.indptr)
    row = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((grams.indices, spread[grams.indices], row))
    rank = np.arange(len(order)) - np.repeat(grams.indptr[:-1], sizes)
    kept = order[rank <= (sizes - np.ceil(COMMON_SEQUENCES * sizes))[row]]
    values = np.ones(len(kept), dtype=np.int32)
    return csr_matrix((values, (row[kept], grams.indices[kept])), shape=grams.shape)


def near(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    long = min(len(one), len(other)) >= LONG_TEXT
    needed = COMMON_CHARACTERS_LONG if long else COMMON_CHARACTERS
    if matcher.quick_ratio() < needed or matcher.ratio() < needed:
        return False
    changes = "".join(one[a:b] + other[c:d] for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")
    return not TURNS_MEANING.search(changes) and (long or not CONTENT.search(changes))
