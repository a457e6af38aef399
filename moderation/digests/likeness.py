"""How alike opinions are, from 0 to 1: by the words and the sequences of letters that they share.

Nouns count in the spelling that the dictionary gives them, sequences of two and three letters as they stand, without
those of kana alone; both are weighed by rarity (BM25), and the likeness of two texts is the mean of the two cosines.
Only sparse matrices are multiplied, always in the same order: no random number, nothing that depends on threads.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forum.screening.morphemes import nouns
from moderation.digests.progress import Told, silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

SHORTEST_SEQUENCE, LONGEST_SEQUENCE = 2, 3
# As published for BM25: how soon a word that is repeated stops to count, and how much the length of a text does.
SATURATION, LENGTH = 1.2, 0.75
# What stands in more texts than this says too little of where to look for the neighbours of one; it does count
# once a neighbour is found.
COMMON = 1000
# So many neighbours of a text are compared with it.
NEIGHBOURS = 30
# Less is chance.
LEAST = 0.02
# Rows that are multiplied at once, so that the product stays small.
BLOCK = 500
# So many numbers of rows whose pairs are multiplied at once.
VALUES = 4_000_000

RUN = re.compile(r"\w+")
KANA = re.compile(r"[ぁ-んー]+")
# Where in a plan an opinion belongs is read by `places`; as words it looks alike everywhere.
PLACE = re.compile(
    r"p{1,2}\.?\s*\d[\d\s~\-,.pl行目頁ページ]*|\bl\.?\s*\d[\d~\-\s]*|第?\s*\d+\s*(?:ページ|頁|行目|行|章|節|部|項)|https?://\S+"
)
# How a change of the plan is asked for says nothing of what is to change.
ASKING = re.compile(
    r"該当(?:箇所|場所|部分)|修正[案前後]?|修文|追記|追加|挿入|削除|加筆|明記|文言|原文|下記|以下|二重括弧"
    r"|[御ご]意見|意見内容|^[^\w\n]*(?:意見|理由)(?=\W|$)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Pairs:
    """Those who are somewhat alike, each pair once and in order."""

    one: "NDArray[np.int64]"
    other: "NDArray[np.int64]"
    likeness: "NDArray[np.float64]"

    def rows(self) -> Iterator[tuple[int, int, float]]:
        return zip(self.one.tolist(), self.other.tolist(), self.likeness.tolist(), strict=True)


def vectors(texts: Sequence[str], told: Told = silent) -> "csr_matrix":
    """One row for each text; the product of two rows is their likeness."""
    everyone = range(len(texts))
    return weighed(counted(texts, told), everyone, everyone)


def counted(texts: Sequence[str], told: Told = silent) -> list["csr_matrix"]:
    """How often each text holds which words, and which sequences."""
    return [
        counts(told_of(texts, before * len(texts), told), len(texts), parts)
        for before, parts in enumerate((words, sequences))
    ]


def told_of(texts: Sequence[str], before: int, told: Told) -> Iterator[str]:
    """The texts, told of as they are read: each is read twice."""
    for at, text in enumerate(texts):
        if at % BLOCK == 0:
            told(before + at, 2 * len(texts))
        yield text


def counts(texts: Iterable[str], size: int, parts: Callable[[str], list[str]]) -> "csr_matrix":
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    try:
        return CountVectorizer(analyzer=parts, dtype=np.float64).fit_transform(texts)
    except ValueError:  # none of the texts says anything
        return csr_matrix((size, 1))


def weighed(said: Sequence["csr_matrix"], who: Sequence[int], some: Sequence[int]) -> "csr_matrix":
    """The rows of some texts, weighed by what is rare among some of these."""
    from scipy.sparse import hstack

    return hstack([bm25(part[who], some) for part in said], format="csr") * 0.5**0.5


def bm25(counts: "csr_matrix", some: Sequence[int]) -> "csr_matrix":
    """In rows of length 1, without what only one of some says: it is alike to nothing."""
    import numpy as np
    from sklearn.preprocessing import normalize

    length = counts.sum(axis=1).A1
    spread = np.bincount(counts[some].indices, minlength=counts.shape[1])
    usual = length[some].mean() or 1.0
    stretch = SATURATION * (1 - LENGTH + LENGTH * length / usual)
    rarity = np.log(1 + (len(some) - spread + 0.5) / (spread + 0.5))
    counts.data *= (SATURATION + 1) / (counts.data + np.repeat(stretch, np.diff(counts.indptr)))
    counts.data *= rarity[counts.indices]
    return normalize(counts)[:, spread > 1]


def words(text: str) -> list[str]:
    return [word for word in nouns(plain(text)) if len(word) > 1 or not KANA.fullmatch(word)]


def sequences(text: str) -> list[str]:
    return list(_sequences(plain(text)))


def plain(text: str) -> str:
    return PLACE.sub(" ", ASKING.sub(" ", unicodedata.normalize("NFKC", text).casefold()))


def _sequences(text: str) -> Iterator[str]:
    for run in RUN.findall(text):
        for length in range(SHORTEST_SEQUENCE, LONGEST_SEQUENCE + 1):
            for start in range(len(run) - length + 1):
                if not KANA.fullmatch(run, start, start + length):
                    yield run[start : start + length]


def neighbours(rows: "csr_matrix", told: Told = silent, of: "NDArray[np.int64] | None" = None) -> Pairs:
    """The pairs of which one is among the nearest of the other; the nearest of some alone, if so many are named."""
    import numpy as np

    size = rows.shape[0]
    asked = np.arange(size) if of is None else of
    spread = np.bincount(rows.indices, minlength=rows.shape[1])
    telling, common = rows[:, spread <= COMMON], rows[:, spread > COMMON]
    turned = telling.T.tocsr()
    found = [(np.empty(0, dtype=np.int64), np.empty(0))]
    for start in range(0, len(asked), BLOCK):
        some = asked[start : start + BLOCK]
        found += nearest(telling[some] @ turned, some)
        told(start + len(some), len(asked))
    keys, first = np.unique(np.concatenate([numbers for numbers, _alike in found]), return_index=True)
    one, other = np.divmod(keys, max(size, 1))
    alike = np.concatenate([alike for _numbers, alike in found])[first] + products(common, one, other)
    return Pairs(one, other, alike.round(9).clip(0, 1))


def nearest(
    product: "csr_matrix", asked: "NDArray[np.int64]"
) -> Iterator[tuple["NDArray[np.int64]", "NDArray[np.float64]"]]:
    """The nearest of those asked as numbers of pairs, one × size + other, and how alike they are."""
    import numpy as np

    size = product.shape[1]
    for at, mine in enumerate(asked.tolist()):
        row = slice(product.indptr[at], product.indptr[at + 1])
        near, alike = product.indices[row].astype(np.int64), product.data[row]
        kept = (alike >= LEAST) & (near != mine)
        near, alike = near[kept], alike[kept]
        if len(near) > NEIGHBOURS:
            kept = np.lexsort((near, -alike))[:NEIGHBOURS]
            near, alike = near[kept], alike[kept]
        yield np.minimum(near, mine) * size + np.maximum(near, mine), alike


def exact(rows: "csr_matrix", one: "NDArray[np.int64]", other: "NDArray[np.int64]") -> Pairs:
    """How alike the rows of these pairs are, where few have many others: each is laid out whole once."""
    import numpy as np

    alike, whole = np.zeros(len(one)), np.zeros(rows.shape[1])
    held = np.diff(rows.indptr)
    long, short = np.where(held[one] >= held[other], (one, other), (other, one))
    order = np.argsort(long, kind="stable")
    for pairs in np.split(order, np.flatnonzero(np.diff(long[order])) + 1) if len(one) else []:
        at = slice(rows.indptr[long[pairs[0]]], rows.indptr[long[pairs[0]] + 1])
        whole[rows.indices[at]] = rows.data[at]
        alike[pairs] = rows[short[pairs]] @ whole
        whole[rows.indices[at]] = 0
    return Pairs(one, other, alike.round(9).clip(0, 1))


def products(
    rows: "csr_matrix", one: "NDArray[np.int64]", other: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """How alike the rows of these pairs are."""
    import numpy as np

    if not len(one):
        return np.empty(0)
    held = np.diff(rows.indptr)
    ends = np.flatnonzero(np.diff(np.cumsum(held[one] + held[other]) // VALUES)) + 1
    return np.concatenate(
        [
            rows[some].multiply(rows[others]).sum(axis=1).A1
            for some, others in zip(np.split(one, ends), np.split(other, ends), strict=True)
        ]
    )
