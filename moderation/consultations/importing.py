"""Reads a draft plan out of a Word file: headings become sections, lists and tables stay, nothing is run or fetched."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from docx import Document
from docx.document import Document as Word
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from forum.errors import Invalid
from forum.i18n import _
from forum.markup import literal
from moderation.consultations.rules.notice import PLAN_LIMIT

# A file that unpacks to more than this is no plan of a town; a small one may hide gigabytes.
UNPACKED_LIMIT = 20_000_000
PARTS_LIMIT = 1_000
XML_LIMIT = 5_000_000
BLOCKS_LIMIT = 10_000
HEADING_STYLE = re.compile(r"(?:heading|見出し)\s*([1-9])", re.IGNORECASE)
# What Markdown would take for more than words at the beginning of a line.
MARK = re.compile(r"^(?=[#+\-=])", re.MULTILINE)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    PackageNotFoundError,
    SyntaxError,  # as the parser of XML says it
    KeyError,
    ValueError,
    AttributeError,
    NotImplementedError,  # as zipfile says of packing that it does not know
    RuntimeError,
    EOFError,
)


def read_plan(content: bytes) -> str:
    """The plan as it is typed. Raises Invalid with a sentence for what is no Word file, too large or unfinished."""
    try:
        check_size(content)
        document = Document(io.BytesIO(content))
        check_finished(document)
        plan = "\n\n".join(blocks(document))
    except BROKEN as error:
        raise Invalid(word=_("Wordのファイル（.docx）として読めません。")) from error
    if len(plan) > PLAN_LIMIT:
        raise Invalid(word=_("長すぎます。%(n)s文字までの計画案を読み込めます。", n=PLAN_LIMIT))
    if not plan:
        raise Invalid(word=_("文章が見つかりません。"))
    return plan


def check_size(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        found = parts.infolist()
    largest = max((part.file_size for part in found if part.filename.endswith((".xml", ".rels"))), default=0)
    unpacked = sum(part.file_size for part in found)
    if len(found) > PARTS_LIMIT or unpacked > UNPACKED_LIMIT or largest > XML_LIMIT:
        raise too_large()


def too_large() -> Invalid:
    return Invalid(word=_("ファイルが大きすぎます。図を除いてから、もう一度お試しください。"))


def check_finished(document: Word) -> None:
    """Insertions and deletions that nobody has accepted yet are no text of the town."""
    if len(document.element.body) > BLOCKS_LIMIT:
        raise too_large()
    if document.element.xpath("//w:ins | //w:del | //w:moveFrom | //w:moveTo"):
        raise Invalid(word=_("変更履歴が残っています。承諾するか元に戻してから、もう一度お試しください。"))


def blocks(document: Word) -> Iterator[str]:
    """Paragraphs and tables in order, after a heading in any case; the highest level used becomes sections."""
    parts = [part for part in document.iter_inner_content() if isinstance(part, Table) or part.text.strip()]
    levels = [level for part in parts if isinstance(part, Paragraph) and (level := level_of(part))]
    top = min(levels, default=1)
    if parts and (isinstance(parts[0], Table) or level_of(parts[0]) != top):
        yield "# " + (_("はじめに") if levels else _("本文"))
    for part in parts:
        yield table(part) if isinstance(part, Table) else paragraph(part, top)


def level_of(part: Paragraph) -> int:
    """Of a heading from 1; 0 for a paragraph."""
    match = HEADING_STYLE.match(part.style.name or "") if part.style is not None else None
    return int(match[1]) if match else 0


def paragraph(part: Paragraph, top: int) -> str:
    if level := level_of(part):
        words = " ".join(part.text.split())
        # The name of a section is no Markdown.
        return "# " + words if level == top else "#" * min(level - top + 1, 6) + " " + literal(words)
    words = MARK.sub(r"\\", literal(part.text.strip()))
    numbered = part._p.pPr is not None and part._p.pPr.numPr is not None
    listed = numbered or (part.style is not None and (part.style.name or "").startswith("List "))
    return "- " + words.replace("\n", "\n  ") if listed else words


def table(part: Table) -> str:
    """As Markdown writes it, the first row as the head."""
    rows = [[cell_of(cell.text) for cell in row.cells] for row in part.rows]
    if not rows or not rows[0]:
        return ""
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "|" + " --- |" * len(rows[0]), *body])


def cell_of(text: str) -> str:
    return literal(" ".join(text.split())).replace("|", "\\|")
