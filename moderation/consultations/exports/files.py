"""The kinds of file in which a result comes."""

from collections.abc import Callable

from moderation.consultations.exports import csv, docx, json, kouchou, xlsx
from moderation.consultations.results import Result

FILES: dict[str, tuple[str, Callable[[Result], bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx.export),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.export),
    "csv": ("text/csv; charset=utf-8", csv.export),
    "comments.csv": ("text/csv; charset=utf-8", kouchou.export),
    "json": ("application/json", json.export),
}
