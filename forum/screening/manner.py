"""How a text is written: links, shouting, repetition. None of it is wrong; much of it at once may be."""

import re
from collections import Counter
from collections.abc import Iterator

from forum.i18n import _, _n
from forum.screening.hints import Hint, Kind

LINK = re.compile(
    r"(?:https?://|(?<![\w.])www\.)([^\s/<>()\[\]「」、。]+)[^\s<>()\[\]「」、。]*", re.IGNORECASE
)
# So many links in one text, or to one site, are more than sources for an opinion.
LINKS_MANY = 5
LINKS_TO_ONE_SITE = 3

SHOUT = re.compile(
    r"[!?]{4,}|(?<![A-Za-z])[wW]{4,}(?![\w.])|笑{4,}|(?<![A-Z])[A-Z]{2,}(?:[ ,'!]+[A-Z]{2,}){4,}"
)
# The same letter ten times; lines drawn with signs are no flood.
LETTERS = re.compile(r"([^\W\d_])\1{9,}")
PHRASE = re.compile(r"(?=[^\W\d_])(.{2,12}?)\1{4,}")
LINE_LENGTH = 8
LINES = 3


def links(text: str, *, newcomer: bool) -> Iterator[Hint]:
    """Every link where there are many, where many lead to one site, or where somebody's first posts have any."""
    found = list(LINK.finditer(text))
    sites = Counter(link[1].lower() for link in found)
    for link in found:
        if len(found) >= LINKS_MANY:
            yield Hint(Kind.LINKS, *link.span(), _n("リンクが%(n)s件", n=len(found)))
        elif (n := sites[link[1].lower()]) >= LINKS_TO_ONE_SITE:
            yield Hint(Kind.LINKS, *link.span(), _n("同じサイトへのリンクが%(n)s件", n=n))
        elif newcomer:
            yield Hint(Kind.NEWCOMER, *link.span(), _("公開された投稿がまだない人のリンク"))


def shouting(reading: str) -> Iterator[Hint]:
    """Rows of marks, of laughter, of capitals; `reading` is the text as `reading.read` gives it."""
    for found in SHOUT.finditer(reading):
        yield Hint(Kind.SHOUTING, *found.span(), _("同じ調子の記号や大文字の続き"))


def repetition(text: str) -> Iterator[Hint]:
    """One letter, one phrase or one line again and again."""
    for found in LETTERS.finditer(text):
        yield Hint(Kind.REPETITION, *found.span(), _("同じ文字の続き"))
    for found in PHRASE.finditer(text):
        yield Hint(Kind.REPETITION, *found.span(), _("同じ言葉の続き"))
    yield from _lines(text)


def _lines(text: str) -> Iterator[Hint]:
    lines = text.split("\n")
    often = Counter(line.strip() for line in lines if len(line.strip()) >= LINE_LENGTH)
    at, seen = 0, set()
    for line in lines:
        words = line.strip()
        if often[words] >= LINES and words in seen:
            yield Hint(Kind.REPETITION, at, at + len(line), _n("%(n)s回ある行", n=often[words]))
        seen.add(words)
        at += len(line) + 1
