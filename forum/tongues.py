"""Japanese on pages in another language: what people of the town have written is marked as what it is, so that a screen reader
speaks it and a browser takes its letters (WCAG 2.2, 3.1.2). Done where a page, a piece of one or a change of one leaves for its
readers, so that no template forgets it; `in_japanese` marks whole blocks and spares their words this.
"""

import re
from functools import lru_cache

from forum.between_tags import TEXTS_KEPT, changed
from forum.i18n import JAPANESE

MARKED = ' lang="ja"'
# Where no element may stand between the words: the one around them is marked.
AROUND = re.compile(rf"<((?:title|option|textarea)\b[^>]*)>(?=[^<]*{JAPANESE.pattern})")
LEFT_ALONE = frozenset({"title", "option", "textarea", "script", "style", "svg"})
# Of a text, what is one thing to read; and what says that not all of it is Japanese.
WORD = re.compile(r"&[#\w]+;|[^\s&]+")
LATIN = re.compile(r"(?<![&\w])[A-Za-z]{2,}")


def marked(html: str) -> str:
    """The page, or a piece of one, with `lang="ja"` on all that is Japanese in it."""
    return changed(AROUND.sub(_around, html), _spoken, _is_left_alone)


def _around(tag: re.Match[str]) -> str:
    return tag[0] if MARKED in tag[0] else f"<{tag[1]}{MARKED}>"


def _is_left_alone(tag: re.Match[str], name: str) -> bool:
    return name in LEFT_ALONE or MARKED in tag[0]


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
