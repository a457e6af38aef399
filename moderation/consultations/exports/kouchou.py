"""Every opinion that may be read, as the CSV that tools for listening to many people share: one comment a row."""

import csv
import io

from forum.cells import harmless
from moderation.consultations.exports import DISPOSITIONS
from moderation.consultations.results import WAYS, Group, Opinion, Result

ATTRIBUTES = ("論点", "該当箇所", "区分", "扱い")
COLUMNS = ("comment-id", "comment-body", "source", "url", *(f"attribute_{name}" for name in ATTRIBUTES))


def export(result: Result) -> bytes:
    """UTF-8 without a byte order mark: programs read it, by its heads. Withheld words are no comment."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for group, opinion in result.every_opinion():
        if opinion.text is not None:
            writer.writerow([harmless(cell) for cell in row(result, group, opinion, opinion.text)])
    return out.getvalue().encode()


def row(result: Result, group: Group | None, opinion: Opinion, text: str) -> tuple[str, ...]:
    source = opinion.source
    about = (group.title, group.section, group.answer.category.label) if group else ("", "", "")
    return (
        str(opinion.number),
        text,
        WAYS[source.channel],
        source.url or result.url,
        *about,
        DISPOSITIONS[opinion.disposition],
    )
