"""Tables of fixed widths, whose heads come again on every page."""

import re
from collections.abc import Sequence

from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table, _Cell, _Row

from forum.posts.diffing import Piece

HEAD_SHADE = "E8F1FE"
# A row with a longer text may go on over the page; a shorter one is kept together.
LONG = 500

# Characters that XML, and so Word, cannot hold.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def listing(
    document: Word, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
) -> Table:
    """A table whose first row comes again on every page."""
    table = grid(document, widths)
    head = add_row(table)
    mark(head, "w:tblHeader")
    for cell, text in zip(head.cells, heads, strict=True):
        fill(cell, text, bold=True, shade=HEAD_SHADE)
    for row in rows:
        line = add_row(table)
        if max(map(len, row)) < LONG:
            mark(line, "w:cantSplit")
        for cell, text in zip(line.cells, row, strict=True):
            fill(cell, text)
    return table


def grid(document: Word, widths: Sequence[int]) -> Table:
    """An empty table of fixed column widths in millimetres."""
    table: Table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def add_row(table: Table) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    return row


def mark(row: _Row, property_name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(property_name))


def fill(cell: _Cell, text: str, *, bold: bool = False, shade: str = "") -> None:
    """Write text into a cell: a line break stays one, an empty line starts a new paragraph."""
    paragraph = cell.paragraphs[0]
    for number, part in enumerate(re.split(r"\n{2,}", printable(text))):
        if number:
            paragraph = cell.add_paragraph()
        paragraph.add_run(part).bold = bold
    if shade:
        shading = OxmlElement("w:shd")
        shading.set(qn("w:val"), "clear")
        shading.set(qn("w:fill"), shade)
        cell._tc.get_or_add_tcPr().append(shading)


def fill_pieces(cell: _Cell, pieces: Sequence[Piece], nothing: str) -> None:
    """What was taken away is struck through, what came is underlined: seen without colours, too."""
    for op, text in pieces:
        run = cell.paragraphs[0].add_run(printable(text))
        run.font.strike, run.font.underline = op == "removed", op == "added"
    if not pieces:
        fill(cell, nothing)


def printable(text: str) -> str:
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
