"""Where in the draft plan an opinion belongs, as far as it says so: 「P12」, 「第3章」, or the passage it was attached to.

Who speaks of the same place speaks more likely of the same thing, and who speaks of another place hardly does.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# A place is named at the head of an opinion; further down it is spoken of in passing.
HEAD = 200
PAGE = re.compile(r"(?<![a-z])p{1,2}\s*\.?\s*(\d{1,3})|(\d{1,3})\s*(?:ページ|頁)")
CHAPTER = re.compile(r"第\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*([章節部])")
KANJI = {digit: n for n, digit in enumerate("一二三四五六七八九", 1)}

SAME, ANOTHER = 1.5, 0.5


@dataclass(frozen=True, slots=True)
class Place:
    section: int | None = None  # of the plan, by its id
    pages: frozenset[int] = frozenset()
    chapters: frozenset[tuple[str, int]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.section or self.pages or self.chapters)

    def __or__(self, other: "Place") -> "Place":
        """Of both together: a section only if it is the same."""
        section = self.section if self.section == other.section else None
        return Place(section, self.pages | other.pages, self.chapters | other.chapters)


def cited(text: str, section: int | None = None) -> Place:
    head = unicodedata.normalize("NFKC", text[: HEAD * 2]).casefold()[:HEAD]
    pages = frozenset(int(page or mark) for page, mark in PAGE.findall(head))
    chapters = frozenset((unit, number(digits)) for digits, unit in CHAPTER.findall(head))
    return Place(section, pages, chapters)


def number(digits: str) -> int:
    """「12」 or 「十二」."""
    if digits.isdecimal():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    return (KANJI.get(tens, 1) * 10 if ten else 0) + KANJI.get(ones, 0)


def hint(one: Place, other: Place) -> float:
    """By how much their places make two opinions more or less alike; 1.0 where one says nothing of it."""
    if one.section and other.section:
        return SAME if one.section == other.section else ANOTHER
    if one.pages and other.pages:
        return SAME if any(abs(a - b) <= 1 for a in one.pages for b in other.pages) else ANOTHER
    units = {unit for unit, _n in one.chapters} & {unit for unit, _n in other.chapters}
    if units:
        return SAME if one.chapters & other.chapters else ANOTHER
    return 1.0


def section_of(text: str, headings: Mapping[int, str]) -> int | None:
    """The section of the plan whose heading is the chapter that an opinion cites: 「第3章」."""
    chapters = cited(text).chapters
    return next(
        (section for section, heading in headings.items() if chapters & cited(heading).chapters), None
    )
