"""The result as the Word document a city publishes: 「…に対する意見及び検討結果」, A4 landscape."""

import io
import re
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from moderation.consultations.exports import DISCLAIMER, headcount, heading, japanese_day, quotes, way, words
from moderation.consultations.results import Group, Result

TEXT_FONT = "游明朝"
HEAD_FONT = "游ゴシック"
HEAD_SHADE = "E8F1FE"
MARGIN = Mm(18)
# The printable width of A4 landscape between the margins, in millimetres.
WIDTH = 297 - 2 * 18
# A row with a longer text may go on over the page; a shorter one is kept together.
LONG = 500

# Characters that XML, and so Word, cannot hold.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def export(result: Result) -> bytes:
    document = Document()
    set_up(document, result)
    title(document, result)
    overview(document, result)
    counts(document, result)
    considered(document, result)
    plan_changes(document, result)
    put_aside(document, result)
    seal(document, result)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def set_up(document: Word, result: Result) -> None:
    properties = document.core_properties
    properties.title, properties.author = printable(heading(result)), printable(result.section)
    properties.language = "ja-JP"
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(297), Mm(210)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
    fonts(document)
    footer(page.footer.paragraphs[0], result)


def fonts(document: Word) -> None:
    """Name the Japanese font as well: Word keeps a separate one for East Asian text."""
    normal = style(document, "Normal", TEXT_FONT, 10)
    normal.paragraph_format.space_after = Pt(3)
    for name, size in (("Title", 18), ("Heading 1", 13), ("Heading 2", 11)):
        heading = style(document, name, HEAD_FONT, size)
        heading.font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
        heading.paragraph_format.space_before = Pt(14 if name != "Title" else 0)
        heading.paragraph_format.space_after = Pt(6)


def style(document: Word, name: str, font: str, size: int) -> ParagraphStyle:
    found = document.styles[name]
    assert isinstance(found, ParagraphStyle)
    found.font.name, found.font.size = font, Pt(size)
    properties = found.element.get_or_add_rPr()
    named = properties.get_or_add_rFonts()
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        named.attrib.pop(qn(f"w:{attribute}"), None)
    named.set(qn("w:eastAsia"), font)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ja-JP")
    language.set(qn("w:eastAsia"), "ja-JP")
    properties.append(language)
    return found


def footer(paragraph: Paragraph, result: Result) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(printable(heading(result)) + "　")
    field(paragraph, "PAGE")
    paragraph.add_run(" / ")
    field(paragraph, "NUMPAGES")


def field(paragraph: Paragraph, instruction: str) -> None:
    """A number that Word fills in, such as that of the page."""
    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    simple.append(run)
    paragraph._p.append(simple)


def title(document: Word, result: Result) -> None:
    document.add_paragraph(printable(heading(result)), style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    dated = japanese_day(result.published_at) if result.published_at else "公表前の案"
    for line in (dated, result.section):
        document.add_paragraph(printable(line)).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def overview(document: Word, result: Result) -> None:
    document.add_heading("1　意見募集の概要", 1)
    rows = [
        ("案件", result.title),
        ("募集期間", f"{japanese_day(result.opens_at)}から{japanese_day(result.closes_at)}まで"),
        ("担当課", result.section),
        ("計画の修正", f"{len(result.changes)}か所" if result.changes else "なし"),
    ]
    if result.short_period_reason:
        rows.insert(2, ("30日より短い理由", result.short_period_reason))
    table = grid(document, (45, WIDTH - 45))
    for name, value in rows:
        cells = add_row(table).cells
        fill(cells[0], name, bold=True, shade=HEAD_SHADE)
        fill(cells[1], value)


def counts(document: Word, result: Result) -> None:
    document.add_heading("2　提出された意見", 1)
    tallies = (*result.tallies, result.received)
    rows = [(way(each), f"{each.texts}件", headcount(each.people)) for each in tallies]
    listing(document, ("受付方法", "件数", "人数"), rows, (60, 40, 60))
    document.add_paragraph()
    ledgers = [
        (name, *(f"{count}件" for count in (of.received, of.used, of.merged, of.set_aside)))
        for name, of in (("受け付けた文書", result.texts), ("意見", result.opinions))
    ]
    listing(document, ("", "受付", "掲載", "集約", "対象外"), ledgers, (60, 30, 30, 30, 30))
    document.add_paragraph("受付＝掲載＋集約＋対象外。ひとつの文書の中の意見は、ひとつずつ数えています。")
    document.add_paragraph(DISCLAIMER)


def considered(document: Word, result: Result) -> None:
    document.add_heading("3　意見及び市の考え方", 1)
    if not result.groups:
        none = "該当なし" if result.opinions.received else "意見の提出はありませんでした。"
        document.add_paragraph(none)
        return
    document.add_paragraph(f"論点を代表する意見を、原文のまま掲げています。すべての意見の原文: {result.url}")
    rows = [considered_row(group) for group in result.groups]
    widths = (12, 38, 91, 16, 81, 23)
    listing(document, ("No.", "該当箇所", "意見", "件数", "市の考え方", "区分"), rows, widths)


def considered_row(group: Group) -> tuple[str, ...]:
    answer = group.answer
    reply = answer.body + (f"\n\n【理由】\n{answer.reason}" if answer.reason else "")
    about = f"{group.section}\n{group.title}" if group.section else group.title
    return (str(group.number), about, quotes(group), f"{len(group.opinions)}件", reply, answer.category.label)


def plan_changes(document: Word, result: Result) -> None:
    document.add_heading("4　計画案の修正", 1)
    if not result.changes:
        document.add_paragraph("意見による計画案の修正はありません。")
        return
    rows = [
        (str(group.number), group.section or group.title, group.answer.plan_before or "（なし）",
         group.answer.plan_after or "（削除）")
        for group in result.changes
    ]  # fmt: skip
    listing(document, ("No.", "該当箇所", "修正前", "修正後"), rows, (12, 45, 102, 102))


def put_aside(document: Word, result: Result) -> None:
    if not result.set_aside:
        return
    document.add_heading("5　対象外とした意見とその理由", 1)
    rows = [(str(each.number), words(each), each.reason) for each in result.set_aside]
    listing(document, ("意見番号", "意見", "理由"), rows, (22, 150, 89))


def seal(document: Word, result: Result) -> None:
    if result.sha256:
        document.add_paragraph()
        document.add_paragraph(f"この結果の照合値（SHA-256）: {result.sha256}")
        document.add_paragraph(f"全文と照合の方法: {result.url}")


def listing(
    document: Word, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
) -> None:
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


def printable(text: str) -> str:
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
