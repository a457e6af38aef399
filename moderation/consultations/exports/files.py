"""The kinds of file in which a result comes."""

from collections.abc import Callable
from functools import lru_cache

from moderation.consultations.exports import csv, json, kouchou
from moderation.consultations.results import Result

# Results whose files are kept: making one takes a fifth of a second and more, and everybody asks for the same.
KEPT = 4


@lru_cache(KEPT)
def word(result: Result) -> bytes:
    # As for Excel, loaded when such a file is asked for: both libraries are a good part of a start.
    from moderation.consultations.exports import docx

    return docx.export(result)


@lru_cache(KEPT)
def excel(result: Result) -> bytes:
    from moderation.consultations.exports import xlsx

    return xlsx.export(result)


FILES: dict[str, tuple[str, Callable[[Result], bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", excel),
    "csv": ("text/csv; charset=utf-8", csv.export),
    "comments.csv": ("text/csv; charset=utf-8", kouchou.export),
    "json": ("application/json", json.export),
}
