"""The result as the Word document a city publishes: 「…に対する意見及び検討結果」, A4 landscape."""

import io

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH

from forum.posts.diffing import diff
from moderation.consultations.exports import (
    COUNT_HEADS,
    copied,
    counted,
    gist,
    heading,
    japanese_day,
    others,
    period,
    period_changes,
    remarks,
    source_name,
    tallied,
    words,
)
from moderation.consultations.exports.docx.paper import WIDTH, set_up
from moderation.consultations.exports.docx.tables import (
    HEAD_SHADE,
    add_row,
    fill,
    fill_pieces,
    grid,
    listing,
    printable,
)
from moderation.consultations.exports.zipped import repacked
from moderation.consultations.results import Group, Result
from moderation.digests.counting import LABELS


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
    verbatim(document, result)
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


def title(document: Word, result: Result) -> None:
    document.add_paragraph(printable(heading(result)), style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    day = japanese_day(result.published_at) if result.published_at else "公表前の案"
    for line in (day, result.section):
        document.add_paragraph(printable(line)).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def overview(document: Word, result: Result) -> None:
    document.add_heading("1　意見募集の概要", 1)
    rows = [
        ("案件", result.title),
        ("募集期間", period(result)),
        ("担当課", result.section),
        ("計画の修正", f"{len(result.changes)}か所" if result.changes else "なし"),
    ]
    if result.short_period_reason:
        rows.insert(2, ("期間を短くした理由", result.short_period_reason))
    rows[2:2] = [("期間の変更", change) for change in period_changes(result)]
    table = grid(document, (45, WIDTH - 45))
    for name, value in rows:
        cells = add_row(table).cells
        fill(cells[0], name, bold=True, shade=HEAD_SHADE)
        fill(cells[1], value)


def counts(document: Word, result: Result) -> None:
    document.add_heading("2　提出された意見", 1)
    tallies = (*result.tallies, result.received)
    rows = [[str(cell) for cell in tallied(each)] for each in tallies]
    listing(document, COUNT_HEADS, rows, (50, 60, 30, 25, 30, 36))
    document.add_paragraph()
    ledgers = [
        (name, *(f"{count}件" for count in (of.received, of.used, of.merged, of.set_aside)))
        for name, of in ((LABELS[1], result.texts), ("意見", result.opinions))
    ]
    listing(document, ("", "受付", "掲載", "集約", "対象外"), ledgers, (60, 30, 30, 30, 30))
    document.add_paragraph("受付＝掲載＋集約＋対象外。ひとつの文書の中の意見は、ひとつずつ数えています。")
    for remark in remarks(result):
        document.add_paragraph(remark)


def considered(document: Word, result: Result) -> None:
    document.add_heading("3　意見及び市の考え方", 1)
    if not result.groups:
        none = "該当なし" if result.opinions.received else "意見の提出はありませんでした。"
        document.add_paragraph(none)
        return
    document.add_paragraph(
        "意見は、同じ論点のものをまとめて、その概要を掲げています。すべての意見の原文は、別紙にあります。"
    )
    rows = [considered_row(group) for group in result.groups]
    widths = (12, 36, 84, 31, 75, 23)
    listing(document, ("No.", "該当箇所・論点", "意見の概要", "件数", "市の考え方", "区分"), rows, widths)


def considered_row(group: Group) -> tuple[str, ...]:
    answer = group.answer
    reply = answer.body + (f"\n\n【理由】\n{answer.reason}" if answer.reason else "")
    about = f"{group.section}\n{group.title}" if group.section else group.title
    counts = "\n".join(counted(group.counts))
    return (str(group.number), about, gist(group), counts, reply, answer.category.label)


def plan_changes(document: Word, result: Result) -> None:
    document.add_heading("4　計画案の修正", 1)
    if not result.changes:
        document.add_paragraph("意見による計画案の修正はありません。")
        return
    rows = [(str(group.number), group.section or group.title, "", "") for group in result.changes]
    table = listing(document, ("No.", "該当箇所・論点", "修正前", "修正後"), rows, (12, 45, 102, 102))
    for row, group in zip(table.rows[1:], result.changes, strict=True):
        pieces = diff(group.answer.plan_before, group.answer.plan_after)
        _number, _about, before, after = row.cells
        fill_pieces(before, [piece for piece in pieces if piece[0] != "added"], "（なし）")
        fill_pieces(after, [piece for piece in pieces if piece[0] != "removed"], "（削除）")
    document.add_paragraph("取り消し線は削った文、下線は加えた文です。")


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


def verbatim(document: Word, result: Result) -> None:
    """別紙: a summary never replaces the original (行政手続法43条2項)."""
    if not result.groups:
        return
    document.add_heading("別紙　意見の原文", 1).paragraph_format.page_break_before = True
    document.add_paragraph(
        "届いた文章から意見の部分を、書かれたまま掲げています。No.は、意見をまとめた論点の番号です。"
    )
    rows = [
        (
            f"No.{group.number}\n{others(each)}".strip(),
            f"{each.number}\n{copied(each)}".strip(),
            words(each),
            source_name(each.source),
        )
        for group in result.groups
        for each in group.opinions
    ]
    listing(document, ("論点", "意見番号", "意見（原文）", "出典"), rows, (22, 26, 160, 53))
