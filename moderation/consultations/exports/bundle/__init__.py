"""Everything that is published about a consultation as one ZIP, with what is needed to check it without this program.

The pages in it are files and no part of our site: they carry their style and their script inside.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forum.posts.diffing import diff
from forum.settings import ROOT
from moderation.consultations.exports import (
    DISPOSITIONS,
    csv,
    docx,
    headcount,
    heading,
    japanese_day,
    kouchou,
    period_changes,
    remarks,
    shapes,
    source_name,
    way,
    words,
    xlsx,
)
from moderation.consultations.exports import json as data
from moderation.consultations.exports.bundle.originals import originals
from moderation.consultations.exports.zipped import packed
from moderation.consultations.results import Result

HERE = Path(__file__).parent
PAGES = Environment(
    loader=FileSystemLoader(HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
SUMS = "SHA256SUMS"


def export(result: Result, digest: Mapping[str, Any]) -> bytes:
    """`digest` is the published digest as data. The same result is the same bytes, whenever it is asked for."""
    assert result.published_at is not None
    files = {
        "README.txt": (HERE / "README.txt").read_bytes(),
        "verify.html": (HERE / "verify.html").read_bytes(),
        "results.html": page(result),
        "results.docx": docx.export(result),
        "results.xlsx": xlsx.export(result),
        "results.csv": csv.export(result),
        "comments.csv": kouchou.export(result),
        "results.json": data.export(result),
        "results.schema.json": shapes.schema(),
        "originals.json": data.encode(originals(result)),
        "digest.json": json.dumps(digest, ensure_ascii=False, indent=1).encode(),
        "provenance.md": (ROOT / "docs" / "provenance.md").read_bytes(),
    }
    return packed({**files, SUMS: sums(files)}, result.published_at)


def sums(files: Mapping[str, bytes]) -> bytes:
    """As `sha256sum --check` reads it."""
    return "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()


def page(result: Result) -> bytes:
    """The whole result as one page."""
    template = PAGES.get_template("results.html")
    names = {
        "diff": diff,
        "day": japanese_day,
        "way": way,
        "headcount": headcount,
        "words": words,
        "period_changes": period_changes,
    }
    return template.render(
        result=result,
        heading=heading(result),
        remarks=remarks(result),
        source_name=source_name,
        dispositions=DISPOSITIONS,
        **names,
    ).encode()
