"""What somebody typed into the box: words, words in quotation marks, and filters such as 会議室: or before:.

Nothing that is typed is an error here. What is no filter is looked for as it stands.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from forum.text import fold

# Each filter with the names by which residents may call it.
FILTERS = {
    "board": ("board", "会議室"),
    "tag": ("tag", "タグ"),
    "author": ("author", "投稿者", "書いた人"),
    "after": ("after", "since", "から"),
    "before": ("before", "until", "まで"),
    "has": ("has", "あり"),
}
# What a topic may have.
CITY_ANSWER = "city-answer"
THINGS = {CITY_ANSWER: CITY_ANSWER, "市の回答": CITY_ANSWER}
NAMES = {alias: name for name, aliases in FILTERS.items() for alias in aliases}
QUOTES = '"“”„＂'
# Words are parted by space; a mark of quotation counts where a word could begin, if another one ends it.
WORD = re.compile(
    rf"(?<!\S)(?:(?P<name>[^\s:：{QUOTES}]+)[:：])?(?:[{QUOTES}](?P<quoted>[^{QUOTES}]*)[{QUOTES}](?!\S)|(?P<plain>\S+))"
)
# A space after the colon is none between words.
SPACED = re.compile(rf"(?<!\S)({'|'.join(NAMES)})[:：]\s+(?=\S)", re.IGNORECASE)
DAY = re.compile(r"(20\d\d)(?:[-/年](\d{1,2})(?:[-/月](\d{1,2}))?)?[年月日]?")


@dataclass(frozen=True, slots=True)
class Word:
    """What a post must hold: as it is typed if `exact`, else in any spelling."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that was asked for, and what was meant as a filter and cannot be one."""

    words: tuple[Word, ...] = ()
    board: str = ""
    tag: str = ""
    author: str = ""
    after: date | None = None
    before: date | None = None
    has: str = ""
    unclear: tuple[str, ...] = ()


def understood(text: str, given: Mapping[str, str] | None = None) -> Asked:
    """The words and filters of a line, which counts before the filters that are `given` beside it."""
    words: list[Word] = []
    filters = dict(given or {})
    for found in WORD.finditer(SPACED.sub(r"\1:", text)):
        name = NAMES.get(fold(found["name"] or ""))
        value = (found["plain"] or found["quoted"] or "").strip()
        if name == "has":
            name, value = (name, THINGS[fold(value)]) if fold(value) in THINGS else ("", found[0])
        if name and value:
            filters[name] = value
        elif found["name"] or not value:
            words += map(Word, found[0].split())
        else:
            words.append(Word(value, exact=found["plain"] is None))
    days = {
        name: day(filters[name], last=name == "before") for name in ("after", "before") if filters.get(name)
    }
    return Asked(
        tuple(words),
        filters.get("board", ""),
        filters.get("tag", ""),
        filters.get("author", ""),
        days.get("after"),
        days.get("before"),
        filters.get("has", ""),
        tuple(filters[name] for name, read in days.items() if read is None),
    )


def day(text: str, *, last: bool) -> date | None:
    """2026-04-01, 2026/4/1, 2026年4月, 2026: the day, or the first or last one of the month or year."""
    found = DAY.fullmatch(normalize("NFKC", text))
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or (12 if last else 1))
    try:
        return date(year, month, int(found[3] or (monthrange(year, month)[1] if last else 1)))
    except ValueError:
        return None
