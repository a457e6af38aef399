"""The lines of a text as blocks: paragraphs, list items, headings, and what is quoted from others.

Reads Markdown and what people type in place of it: full-width quotation marks, Japanese bullets, 【heads】.
Every line that is not blank lies in exactly one block.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from forum.width import fold


class Shape(Enum):
    PROSE = "prose"
    ITEM = "item"
    HEADING = "heading"
    QUOTE = "quote"
    GREETING = "greeting"


@dataclass(frozen=True)
class Block:
    """text[start:end] of one shape; `indent` is where the words of a list item begin."""

    start: int
    end: int
    shape: Shape
    indent: int = 0


@dataclass(frozen=True)
class Line:
    start: int
    end: int
    words: str  # width folded
    after_gap: bool  # stands at the beginning or after a blank line

    @property
    def indent(self) -> int:
        return len(self.words) - len(self.words.lstrip())

    @property
    def ends(self) -> bool:
        return self.words.rstrip().endswith(("。", "!", "?", "」", "』"))


# All patterns are matched against folded text: "(" stands for "（", "1" for "１".
# ">>12" names a post and quotes nothing. A picture on a line of its own is shown, not said.
QUOTE = re.compile(r" {0,3}(?:>(?!>?\d)|!\[[^\[\]]*\]\(/files/\S+\)\s*$)")
ITEM = re.compile(
    r"\s*(?:[-*+]\s+|[・●○■□◆◇▪•◎▶☆★⚫]\s*|[①-⑳]\s*|\d{1,2}[.)](?!\d)\s*"
    r"|\((?:\d{1,2}|[一二三四五六七八九十]|[ア-コ])\)\s*|(?=[<【(\[]?意見\s?[①-⑳\d]))(?=\S)"
)
PLACE = r"(?:p{1,2}\.?\s*\d|第\s*[\d一二三四五六七八九十]+\s*[章節部条項]|\d+\s*(?:ページ|頁|行目))"
HEADING = re.compile(
    rf" {{0,3}}#{{1,6}}\s|\*\*[^*]+\*\*\s*$|[【\[<〈(].{{1,40}}[】\]>〉)]\s*$|[^。]{{1,40}}:\s*$"
    rf"|[\s(\[]*{PLACE}[^。]{{0,40}}$",
    re.IGNORECASE,
)


def blocks(text: str) -> list[Block]:
    found: list[Block] = []
    before: Line | None = None
    for line in lines(text):
        shape = shape_of(line, before)
        if found and before and continues(found[-1], before, line, shape):
            found[-1] = replace(found[-1], end=line.end)
        else:
            marked = ITEM.match(line.words)
            found.append(Block(line.start, line.end, shape, marked.end() if marked else 0))
        before = line
    return found


def lines(text: str) -> Iterator[Line]:
    gap = True
    for found in re.finditer(r"[^\n]*", text):
        if found[0].strip():
            yield Line(found.start(), found.end(), fold(found[0]), gap)
            gap = False
        elif found[0] or found.start() == 0 or text[found.start() - 1] == "\n":
            gap = True


def shape_of(line: Line, before: Line | None) -> Shape:
    closes_bracket = before is not None and before.words.count("<") > before.words.count(">")
    if QUOTE.match(line.words) and not closes_bracket:
        return Shape.QUOTE
    if HEADING.match(line.words):
        return Shape.HEADING
    return Shape.ITEM if ITEM.match(line.words) else Shape.PROSE


def continues(block: Block, before: Line, line: Line, shape: Shape) -> bool:
    """Whether the line goes on with the block instead of beginning a new one."""
    if block.shape is Shape.ITEM and shape is not Shape.QUOTE and line.indent >= max(block.indent, 2):
        return True  # indented under its item, as Markdown has it
    if line.after_gap or shape in (Shape.HEADING, Shape.ITEM):
        return False
    # An item goes over to the next line in mid-sentence only; after 。 a paragraph begins.
    return block.shape is shape or (block.shape is Shape.ITEM and shape is Shape.PROSE and not before.ends)
