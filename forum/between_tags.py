"""The texts of finished HTML, changed where it leaves for its readers: readings over kanji, and marks on what is Japanese."""

import re
from collections.abc import Callable, Iterator

TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)[^>]*>", re.DOTALL)
# Texts between two tags that each change remembers with what became of them: some ten megabytes.
TEXTS_KEPT = 16_384


def changed(
    html: str, change: Callable[[str], str], is_left_alone: Callable[[re.Match[str], str], bool]
) -> str:
    """`change` is given every text, but for those in an element that is left alone, of whose opening tag and lower-case name
    `is_left_alone` judges."""
    return "".join(_pieces(html, change, is_left_alone))


def _pieces(
    html: str, change: Callable[[str], str], is_left_alone: Callable[[re.Match[str], str], bool]
) -> Iterator[str]:
    at, closing, depth = 0, "", 0
    for tag in TAG.finditer(html):
        text = html[at : tag.start()]
        yield text if closing else change(text)
        yield tag[0]
        at, name = tag.end(), (tag[2] or "").lower()
        if closing:
            depth += 0 if name != closing else -1 if tag[1] else 1
            closing = closing if depth else ""
        elif name and not tag[1] and is_left_alone(tag, name):
            closing, depth = name, 1
    yield html[at:] if closing else change(html[at:])
