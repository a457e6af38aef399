"""The sheet of paper: its size, its fonts, and what stands at the foot of every page."""

from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from moderation.consultations.exports import dated, heading
from moderation.consultations.exports.docx.tables import printable
from moderation.consultations.results import Result

TEXT_FONT = "游明朝"
HEAD_FONT = "游ゴシック"
MARGIN = Mm(18)
# The printable width of A4 landscape between the margins, in millimetres.
WIDTH = 297 - 2 * 18


def set_up(document: Word, result: Result) -> None:
    properties = document.core_properties
    properties.title, properties.author = printable(heading(result)), printable(result.section)
    properties.language = "ja-JP"
    properties.created = properties.modified = dated(result)
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
