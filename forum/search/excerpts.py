"""The passage of a post in which the words stand, with the words marked."""

import re
from collections.abc import Iterator
from html import unescape
from unicodedata import normalize

from markupsafe import Markup

TAG = re.compile(r"<[^>]*>")
# Of a picture, what it shows.
PICTURE = re.compile(r'<img\b[^>]*? alt="([^"]*)"[^>]*>')
# A letter with the marks that compatibility forms melt into it: ﾊﾟ is パ.
LETTER = re.compile("[\\s\\S][\u0300-\u036f\u3099\u309a\uff9e\uff9f]*")
# About three lines on a phone, the words in the first of them.
LENGTH = 120
BEFORE = 24

Span = tuple[int, int]


def excerpt(html: str, terms: list[str]) -> Markup:
    """HTML of some 120 letters of a post's text, `<mark>` around the (folded) terms. Without them, its beginning."""
    letters = LETTER.findall(" ".join(unescape(TAG.sub("", PICTURE.sub(r"〔\1〕", html))).split()))
    spans = _spans(letters, terms)
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    end = min(len(letters), start + LENGTH)
    marked, at = Markup("…") if start else Markup(), start
    for first, last in spans:
        if first >= end:
            break
        marked += "".join(letters[at:first]) + Markup("<mark>{}</mark>").format(
            "".join(letters[first : min(last, end)])
        )
        at = min(last, end)
    return marked + "".join(letters[at:end]) + ("…" if end < len(letters) else "")


def _spans(letters: list[str], terms: list[str]) -> list[Span]:
    """Where the terms stand among the letters, in order, overlapping ones joined."""
    pieces = [normalize("NFKC", normalize("NFKC", letter).casefold()) for letter in letters]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    joined: list[Span] = []
    for start, end in sorted(_occurrences("".join(pieces), terms)):
        first, last = places[start], places[end - 1] + 1
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _occurrences(text: str, terms: list[str]) -> Iterator[Span]:
    for term in terms:
        yield from (found.span() for found in re.finditer(re.escape(term), text))
