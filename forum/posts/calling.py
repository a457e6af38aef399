"""Whom a text quotes and calls by name."""

import re
from collections.abc import Collection

from forum.markup import calls_in

# How a quoted post is named above the quote: a link to it.
QUOTED = re.compile(r"\]\(/posts/(\d{1,18})\)")
# Nobody is told about more than this many quotes of one post, and no more people are called by one.
QUOTES_MAX = 10
MENTIONS_MAX = 10


def quoted_posts(raw: str) -> list[int]:
    """The posts that the text quotes by link, in order, each once."""
    return list(dict.fromkeys(int(number) for number in QUOTED.findall(raw)))[:QUOTES_MAX]


def called_names(raw: str, names: Collection[str]) -> list[str]:
    """The folded names by which the text calls people, in order, each once; `names`: those that it may call without brackets."""
    found = dict.fromkeys(name for _shown, name in calls_in(raw, names) if name)
    return list(found)[:MENTIONS_MAX]


def own_words(raw: str) -> str:
    """The text without what it quotes."""
    return "\n".join(line for line in raw.split("\n") if not line.lstrip().startswith(">")).strip()
