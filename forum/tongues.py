"""Japanese on pages in another language: what people of the town have written is marked as what it is, so that a screen reader
speaks it and a browser takes its letters (WCAG 2.2, 3.1.2). Done where a page, a piece of one or a change of one leaves for its
readers, so that no template forgets it; `in_japanese` marks whole blocks and spares their words this.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from forum.furigana import TAG, TEXTS_KEPT
from forum.i18n import JAPANESE

# Where no element may stand between the words: the one around them is marked.
AROUND = frozenset({"title", "option", "textarea"})
LEFT_ALONE = AROUND | {"script", "style", "svg"}
MARKED = ' lang="ja"'
# Of a text, what is one thing to read; and what says that not all of it is Japanese.
WORD = re.compile(r"&[#\w]+;|[^\s&]+")
LATIN = re.compile(r"(?<![&\w])[A-Za-z]{2,}")


def marked(html: str) -> str:
    """The page, or a piece of one, with `lang="ja"` on all that is Japanese in it."""
    return "".join(_pieces(html))


def _pieces(html: str) -> Iterator[str]:
    at, closing, depth = 0, "", 0
    for tag in TAG.finditer(html):
        text, markup = html[at : tag.start()], tag[0]
        yield text if closing else _spoken(text)
        at, name = tag.end(), (tag[2] or "").lower()
        if closing:
            depth += 0 if name != closing else -1 if tag[1] else 1
            closing = closing if depth else ""
        elif name and not tag[1] and (name in LEFT_ALONE or MARKED in markup):
            closing, depth = name, 1
            if name in AROUND and MARKED not in markup and JAPANESE.search(html, at, html.find("<", at)):
                markup = f"{markup[:-1]}{MARKED}>"
        yield markup
    yield html[at:] if closing else _spoken(html[at:])


@lru_cache(TEXTS_KEPT)
def _spoken(text: str) -> str:
    """A text without tags, as it stands in HTML: one element, as it was one piece."""
    if not JAPANESE.search(text):
        return text
    if not LATIN.search(text):
        return f"<span{MARKED}>{text}</span>"
    return f"<span>{WORD.sub(_word, text)}</span>"


def _word(found: re.Match[str]) -> str:
    return f"<span{MARKED}>{found[0]}</span>" if JAPANESE.search(found[0]) else found[0]
