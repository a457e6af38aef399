"""The same text again: exact copies by a common key, near ones by the sequences of letters that they share.

What is compared is one text with a few hundred recent ones, so the share is computed exactly: signatures that
estimate it (MinHash) would have to be made of all the same sequences first.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

BULLET = re.compile(
    r"^\s*(?:[-*+・●○■□◆◇▪•>#]+|[\d①-⑳]{1,2}[.)]|\([\d一二三四五六七八九十]{1,2}\))\s*", re.MULTILINE
)
POLITE = [
    (re.compile(r"(?:でございます|であります|です|である|だ)(?=よ?ね?[。!?\s]|$)"), ""),
    (re.compile(r"し(?:ます|ました)(?=[。!?\s]|$)"), "す"),
    (re.compile(r"する(?=[。!?\s]|$)"), "す"),
    (re.compile(r"(?<=[えけせてねへめれげぜでべぺ])(?:ます|る)(?=[。!?\s]|$)"), ""),
    (re.compile(r"(?:います|う)(?=[。!?\s]|$)"), "う"),
    (re.compile(r"(?:ります|る)(?=[。!?\s]|$)"), "る"),
]
SPELLINGS = str.maketrans({"欲": "ほ", "頂": "いただ", "致": "いた", "宜": "よろ"})
SILENT = re.compile(r"[\W_]+")
QUOTED = re.compile(r"^>.*$", re.MULTILINE)

SEQUENCE = 3
# So many sequences are looked for before all of them are counted.
GLANCE = 32
# Shorter texts are equal by chance: 賛成です。
KEY_MIN = 20
# The share of their sequences that two texts have in common when one is made of the other.
SHARE_MIN = 0.6


@dataclass(frozen=True, slots=True)
class Copy:
    """The place of the other text, and how much the two share: 1.0 for the same words."""

    at: int
    share: float


def key(text: str) -> str:
    """What two exact copies have in common: width, spaces, bullets, punctuation and です／ます are taken away."""
    plain = BULLET.sub("", unicodedata.normalize("NFKC", text).casefold())
    plain = plain.replace("下さい", "ください").replace("出来", "でき").translate(SPELLINGS)
    for ending, short in POLITE:
        plain = ending.sub(short, plain)
    return SILENT.sub("", plain) or text


def copies(text: str, others: Iterable[str]) -> list[Copy]:
    """The texts that this one is a copy or a near copy of, the closest first. What either quotes does not count."""
    own = _own_words(text)
    if len(own) < KEY_MIN:
        return []
    sequences = _sequences(own)
    glance = [own[at : at + SEQUENCE] for at in range(0, len(own) - SEQUENCE + 1, len(own) // GLANCE + 1)]
    found = []
    for at, other in enumerate(map(_own_words, others)):
        if own == other:
            found.append(Copy(at, 1.0))
        elif _may_be_near(own, other, glance):
            theirs = _sequences(other)
            common = len(sequences & theirs)
            share = common / (len(sequences) + len(theirs) - common)
            if share >= SHARE_MIN:
                found.append(Copy(at, share))
    return sorted(found, key=lambda copy: -copy.share)


def _may_be_near(own: str, other: str, glance: list[str]) -> bool:
    """Tells most texts apart by their length, or by a few sequences: of a near copy's at least three in four are shared."""
    shorter, longer = sorted((len(own), len(other)))
    if shorter < KEY_MIN or shorter < SHARE_MIN * longer:
        return False
    return 2 * sum(sequence in other for sequence in glance) >= len(glance)


@lru_cache(maxsize=1_000)
def _own_words(text: str) -> str:
    """The key of a text without its quotes; kept, for the same recent texts are compared again and again."""
    own = QUOTED.sub("", text)
    return key(own) if own.strip() else ""


def _sequences(words: str) -> set[str]:
    return {words[at : at + SEQUENCE] for at in range(len(words) - SEQUENCE + 1)}
