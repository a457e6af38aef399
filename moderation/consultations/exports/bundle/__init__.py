"""Everything that is published about a consultation as one ZIP, with what is needed to check it without this program.

The pages in it are files and no part of our site: they carry their style and their script inside.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forum.i18n import DEFAULT_LOCALE, _, in_locale
from forum.posts.diffing import diff
from forum.settings import ROOT
from moderation.consultations.exports import (
    COUNT_HEADS,
    DISPOSITIONS,
    copied,
    counted,
    csv,
    heading,
    japanese_day,
    kouchou,
    period,
    period_changes,
    remarks,
    shapes,
    source_name,
    subject,
    tallied,
    words,
)
from moderation.consultations.exports import json as data
from moderation.consultations.exports.bundle.beside import Beside
from moderation.consultations.exports.bundle.originals import originals
from moderation.consultations.exports.files import excel, word
from moderation.consultations.exports.zipped import packed
from moderation.consultations.results import Result
from moderation.consultations.rules.progress import STATUS_NAMES, Status

HERE = Path(__file__).parent
PAGES = Environment(
    loader=FileSystemLoader(HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
SUMS = "SHA256SUMS"


def export(result: Result, beside: Beside) -> bytes:
    """The same result with the same reports is the same bytes, whenever it is asked for."""
    assert result.published_at is not None
    files = {
        "README.txt": (HERE / "README.txt").read_bytes(),
        "verify.html": (HERE / "verify.html").read_bytes(),
        "results.html": page(result, beside),
        "results.docx": word(result),
        "results.xlsx": excel(result),
        "results.csv": csv.export(result),
        "comments.csv": kouchou.export(result),
        "results.json": data.export(result),
        "results.schema.json": shapes.schema(),
        "originals.json": data.encode(originals(result, beside.originals, beside.attachments)),
        "digest.json": data.encode(beside.digest),
        "objections.json": data.encode(beside.objections),
        "progress.json": data.encode(beside.progress),
        "provenance.md": (ROOT / "docs" / "provenance.md").read_bytes(),
    }
    if beside.suggestions is not None:
        files["suggestions.json"] = data.encode(beside.suggestions)
    return packed({**files, SUMS: sums(files)}, result.published_at)


def sums(files: Mapping[str, bytes]) -> bytes:
    """As `sha256sum --check` reads it."""
    return "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()


def page(result: Result, beside: Beside) -> bytes:
    """The whole result as one page, with what became of it."""
    template = PAGES.get_template("results.html")
    names = {
        "diff": diff,
        "day": japanese_day,
        "counted": counted,
        "copied": copied,
        "tallied": tallied,
        "count_heads": COUNT_HEADS,
        "words": words,
        "period": period,
        "period_changes": period_changes,
    }
    return template.render(
        result=result,
        heading=heading(result),
        remarks=remarks(result),
        source_name=source_name,
        subject=subject,
        dispositions=DISPOSITIONS,
        reports={group["number"]: group["reports"] for group in beside.progress["groups"]},
        statuses=statuses(),
        **names,
    ).encode()


def statuses() -> dict[str, str]:
    """How far something is, in the one language of the files."""
    with in_locale(DEFAULT_LOCALE):
        return {status.value: _(STATUS_NAMES[status]) for status in Status}
