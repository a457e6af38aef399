"""Recognises a CSV of comments as other tools write it: comment-id, comment-body, source, url, attribute_…"""

import csv
import io

from moderation.submissions.cells import CHANNELS, read_channel
from moderation.submissions.reading import Columns, decode

ID, BODY, SOURCE = "comment-id", "comment-body", "source"


def columns_of(content: bytes) -> Columns | None:
    """Which columns to read; None where the file is of another kind. Raises Unreadable.

    A source is the way of receipt where all of them are ways that we know, such as those of our own files. What else
    the file says of people (attribute_…) is not taken in: it is no part of what was submitted.
    """
    rows = csv.DictReader(io.StringIO(decode(content), newline=""))
    heads = [name.strip() for name in rows.fieldnames or ()]
    if not {ID, BODY} <= {*heads}:
        return None
    sources = {row.get(SOURCE) or "" for row in rows}
    known = SOURCE in heads and all(is_way(source) for source in sources)
    return Columns(BODY, channel=SOURCE if known else None, id=(ID,))


def is_way(source: str) -> bool:
    try:
        return read_channel(source) in CHANNELS.values()
    except ValueError:
        return False
