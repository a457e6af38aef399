"""How the recognisers read a text: every position kept, so that what is found stands there in the raw text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from forum.width import TWINS

# Everything that people type for a hyphen; the long vowel mark is one of them, between digits.
HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−ｰー─━﹣－"), ord("-"))
READING = TWINS | HYPHENS
DIGITS = re.compile(r"[0-9]+")

# Words directly before a number that make it something else, and what makes a number that stands alone somebody's.
IDENTIFIER = re.compile(
    r"(?:第|[Nn][Oo][.:]?|№|#|条例|規則|告示|品番|型番|型式|ロット|ISBN(?:-1[03])?|ISSN|JAN|JIS|DOI|ID"
    r"|[一-龠ァ-ヶ-]{2}(?<!電話)(?<!携帯)(?<!絡先)(?<!個人)(?<!バ-)(?<!-ド)(?<!ックス)(?<!クス)(?<!郵便)番号)"
    r"[はがのを:=\s]{0,3}\Z"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Groups of digits that stand together, and what stands between them."""

    start: int
    end: int
    groups: tuple[str, ...]
    glue: tuple[str, ...]

    @property
    def digits(self) -> str:
        return "".join(self.groups)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(map(len, self.groups))


def read(text: str) -> str:
    """Full width as ASCII and every kind of hyphen as one, character for character."""
    return text.translate(READING)


class Digits:
    """The groups of digits of a text that was read, each found once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = [found.span() for found in DIGITS.finditer(text)]
        self.lengths = tuple(end - start for start, end in self.found)

    def runs(self, *shapes: tuple[int, ...]) -> Iterator[Run]:
        """Every run of one of these shapes (digits per group) that is not part of a longer number."""
        for shape in shapes:
            groups = len(shape)
            for first in range(len(self.found) - groups + 1):
                if self.lengths[first : first + groups] == shape:
                    run = self._run(first, groups)
                    if self._stands_alone(run):
                        yield run

    def _run(self, first: int, length: int) -> Run:
        spans = self.found[first : first + length]
        return Run(
            spans[0][0],
            spans[-1][1],
            tuple(self.text[start:end] for start, end in spans),
            tuple(self.text[left[1] : right[0]] for left, right in pairwise(spans)),
        )

    def _stands_alone(self, run: Run) -> bool:
        """Whether no letter and no digit of the same number stands directly before or after."""
        before, after = self.text[max(0, run.start - 3) : run.start], self.text[run.end : run.end + 2]
        joints = "-.," + (" " if " " in run.glue else "")
        return not (
            (_is_code(before[-1:]) and before.upper() not in ("TEL", "FAX"))
            or _is_code(after[:1])
            or (before[-1:] in joints and before[-2:-1].isdigit())
            or (after[:1] in joints and after[1:].isdigit())
        )


def identifies_something(text: str, start: int) -> bool:
    """Whether the words before say that the number is that of a thing: a document, a law, a product."""
    return bool(IDENTIFIER.search(text[max(0, start - 12) : start]))


def _is_code(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in ("_", "%")) if letter else False
