"""Where in the draft plan an opinion belongs, as far as it says so: 「P12 L3」, 「第3章」, or the passage it was attached to.

Who speaks of the same place speaks more likely of the same thing, and who speaks of another place hardly does. The finest
that both name decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

# A place is named at the head of an opinion; further down it is spoken of in passing.
HEAD = 200
PAGE = re.compile(r"(?<![a-z])p{1,2}\s*\.?\s*(\d{1,3})|(\d{1,3})\s*(?:ページ|頁)")
# A line, or from one to another, of the page that was named before it: 「L3~5」 「3行目から5行目」.
LINES = re.compile(
    r"(?<![a-z])l\s*\.?\s*(\d{1,2})(?!\d)(?:\s*[~〜\-]\s*(?:l\s*\.?\s*)?(\d{1,2})(?!\d))?"
    r"|(?<!\d)(\d{1,2})\s*(?:行目?)?\s*(?:(?:[~〜\-・,]|から)\s*(\d{1,2})\s*)?行(?![政動為事財])"
)
CHAPTER = re.compile(r"第\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*([章節部])")
KANJI = {digit: n for n, digit in enumerate("一二三四五六七八九", 1)}

SAME, ANOTHER = 1.5, 0.5
# As near as one paragraph.
LINES_NEAR = 5


@dataclass(frozen=True, slots=True)
class Place:
    section: int | None = None  # of the plan, by its id
    pages: frozenset[int] = frozenset()
    chapters: frozenset[tuple[str, int]] = frozenset()
    lines: frozenset[tuple[int, int]] = frozenset()  # each with its page

    def __bool__(self) -> bool:
        return bool(self.section or self.pages or self.chapters)

    def __or__(self, other: "Place") -> "Place":
        """Of both together: a section only if it is the same."""
        section = self.section if self.section == other.section else None
        return Place(
            section, self.pages | other.pages, self.chapters | other.chapters, self.lines | other.lines
        )


def united(places: Iterable[Place]) -> Place:
    return reduce(or_, places)


def cited(text: str, section: int | None = None) -> Place:
    head = unicodedata.normalize("NFKC", text[: HEAD * 2]).casefold()[:HEAD]
    pages = frozenset(int(page or mark) for page, mark in PAGE.findall(head))
    chapters = frozenset((unit, number(digits)) for digits, unit in CHAPTER.findall(head))
    return Place(section, pages, chapters, frozenset(lines_in(head)))


def lines_in(head: str) -> Iterator[tuple[int, int]]:
    page = None
    for found in sorted((*PAGE.finditer(head), *LINES.finditer(head)), key=lambda found: found.start()):
        if found.re is PAGE:
            page = int(found[1] or found[2])
        elif page is not None:
            first, last = int(found[1] or found[3]), int(found[2] or found[4] or 0)
            yield from ((page, line) for line in range(first, max(first, last) + 1))


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
    if one.lines and other.lines and (same := same_lines(one, other)) is not None:
        return SAME if same else ANOTHER
    if one.pages and other.pages:
        return SAME if any(abs(a - b) <= 1 for a in one.pages for b in other.pages) else ANOTHER
    units = {unit for unit, _n in one.chapters} & {unit for unit, _n in other.chapters}
    if units:
        return SAME if one.chapters & other.chapters else ANOTHER
    return 1.0


def same_lines(one: Place, other: Place) -> bool | None:
    """Whether both name lines that are near each other; None where they name none of the same page."""
    if {page for page, _line in one.lines}.isdisjoint(page for page, _line in other.lines):
        return None
    few, many = sorted((one.lines, other.lines), key=len)
    away = range(-LINES_NEAR, LINES_NEAR + 1)
    return any((page, line + by) in many for page, line in few for by in away)


def section_of(text: str, headings: Mapping[int, str]) -> int | None:
    """The section of the plan whose heading is the chapter that an opinion cites: 「第3章」."""
    chapters = cited(text).chapters
    return next(
        (section for section, heading in headings.items() if chapters & cited(heading).chapters), None
    )
