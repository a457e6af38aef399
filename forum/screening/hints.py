"""What a hint is, and how hints are put on the text that they are about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from forum.i18n import N_


class Kind(StrEnum):
    """What a passage may be."""

    PHONE = "phone"
    EMAIL = "email"
    POSTAL = "postal"
    ADDRESS = "address"
    MY_NUMBER = "my_number"
    CARD = "card"
    NAME = "name"
    WORD = "word"
    LINKS = "links"
    NEWCOMER = "newcomer"
    SHOUTING = "shouting"
    REPETITION = "repetition"


KIND_NAMES = {
    Kind.PHONE: N_("電話番号"),
    Kind.EMAIL: N_("メールアドレス"),
    Kind.POSTAL: N_("郵便番号"),
    Kind.ADDRESS: N_("番地のある住所"),
    Kind.MY_NUMBER: N_("マイナンバー"),
    Kind.CARD: N_("カード番号"),
    Kind.NAME: N_("人の名前"),
    Kind.WORD: N_("気をつける言葉"),
    Kind.LINKS: N_("多くのリンク"),
    Kind.NEWCOMER: N_("はじめての人のリンク"),
    Kind.SHOUTING: N_("強い調子"),
    Kind.REPETITION: N_("くり返し"),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """The characters of the raw text from `start` up to `end`, and in one phrase why they were noticed."""

    kind: Kind
    start: int
    end: int
    evidence: str


def disjoint(hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """In order; where two overlap the one that begins first stays, and of those the longer."""
    kept: list[Hint] = []
    for hint in sorted(hints, key=lambda hint: (hint.start, -hint.end)):
        if not kept or hint.start >= kept[-1].end:
            kept.append(hint)
    return tuple(kept)


def pieces(text: str, hints: Iterable[Hint]) -> Iterator[tuple[Hint | None, str]]:
    """The whole text in order, cut where hints begin and end: (hint or None, words)."""
    at = 0
    for hint in disjoint(hints):
        if at < hint.start:
            yield None, text[at : hint.start]
        yield hint, text[hint.start : hint.end]
        at = hint.end
    if at < len(text):
        yield None, text[at:]
