"""Recognises a CSV of comments as other tools write it: comment-id, comment-body, source, url, attribute_…"""

from moderation.submissions.cells import CHANNELS, read_channel
from moderation.submissions.reading import Columns, table

ID, BODY, SOURCE = "comment-id", "comment-body", "source"


def columns_of(content: bytes) -> Columns | None:
    """Which columns to read; None where the file is of another kind. Raises Unreadable.

    A source is the way of receipt where all of them are ways that we know, such as those of our own files. What else
    the file says of people (attribute_…) is not taken in: it is no part of what was submitted.
    """
    rows = table(content)
    heads = [name.strip() for name in next(rows, [])]
    if not {ID, BODY} <= {*heads}:
        return None
    at = heads.index(SOURCE) if SOURCE in heads else len(heads)
    sources = {row[at] if at < len(row) else "" for row in rows if row}
    known = SOURCE in heads and all(is_way(source) for source in sources)
    return Columns(BODY, channel=SOURCE if known else None, id=(ID,))


def is_way(source: str) -> bool:
    try:
        return read_channel(source) in CHANNELS.values()
    except ValueError:
        return False
