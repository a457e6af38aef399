"""The result as an Excel workbook of three sheets: 検討結果, 意見, 概要.

Every cell is written as text or as a number, never as a formula.
"""

import io
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from moderation.consultations.exports import (
    COUNT_HEADS,
    DISPOSITIONS,
    cells,
    copied,
    dated,
    gist,
    heading,
    japanese_day,
    others,
    period,
    period_changes,
    remarks,
    source_name,
    subject,
    tallied,
    words,
)
from moderation.consultations.results import WAYS, Group, Opinion, Result
from moderation.digests.counting import LABELS

# What one cell of Excel holds; xlsxwriter drops a longer string without a word.
CELL_LIMIT = 32_767
# The height of a line of text and the most that Excel gives a row, in points.
LINE, ROW_LIMIT = 14, 409
CUT = "…（続きは「意見」シート）"

# Heads with the widths of their columns, in characters.
RESULT_COLUMNS = {
    "No.": 5, "該当箇所": 18, "論点": 20, "意見の概要": 60,
    **dict(zip(LABELS, (12, 12, 6, 12, 15), strict=True)),
    "市の考え方": 50, "理由": 24, "区分": 11, "修正前": 24, "修正後": 24,
}  # fmt: skip
OPINION_COLUMNS = {
    "意見番号": 8, "論点No.": 8, "意見": 90, "受付方法": 12, "受付日": 16,
    "出典": 20, "扱い": 8, "対象外の理由": 24, "計画案のどこについて": 24, "ほかに答えた論点": 12,
    "同じ文・ほぼ同じ文": 16, "意見のSHA-256": 34,
}  # fmt: skip
# The second holds a period from day to day in one line.
SUMMARY_WIDTHS = (28, 38, 12, 10, 12, 16)

Cell = str | int | None


@dataclass(frozen=True)
class Style:
    """The few looks of a cell."""

    title: Format
    head: Format
    cell: Format
    plain: Format


def export(result: Result) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": heading(result), "author": result.section, "created": dated(result)})
    style = styles(book)
    results_sheet(book, style, result)
    opinions_sheet(book, style, result)
    summary_sheet(book, style, result)
    book.close()
    return out.getvalue()


def styles(book: Workbook) -> Style:
    font = {"font_name": "游ゴシック", "font_size": 10, "valign": "top"}
    framed = {**font, "text_wrap": True, "border": 1, "border_color": "#8C8C8C"}
    return Style(
        title=book.add_format({**font, "font_size": 14, "bold": True}),
        head=book.add_format({**framed, "bold": True, "bg_color": "#E8F1FE", "valign": "vcenter"}),
        cell=book.add_format(framed),
        plain=book.add_format(font),
    )


def results_sheet(book: Workbook, style: Style, result: Result) -> None:
    """One row for each group: the table the city publishes."""
    rows = [group_row(group) for group in result.groups]
    sheet(book, style, "検討結果", heading(result), RESULT_COLUMNS, rows)


def group_row(group: Group) -> list[Cell]:
    answer = group.answer
    return [
        group.number,
        group.section,
        group.title,
        gist(group) if group.summary else in_one_row(gist(group), RESULT_COLUMNS["意見の概要"]),
        *cells(group.counts),
        answer.body,
        answer.reason,
        answer.category.label,
        answer.plan_before,
        answer.plan_after,
    ]


def opinions_sheet(book: Workbook, style: Style, result: Result) -> None:
    """Every opinion as it was written, so that a summary never replaces the original."""
    rows = [opinion_row(group, opinion) for group, opinion in result.every_opinion()]
    sheet(book, style, "意見", heading(result), OPINION_COLUMNS, rows)


def opinion_row(group: Group | None, opinion: Opinion) -> list[Cell]:
    return [
        opinion.number,
        group.number if group else None,
        words(opinion),
        WAYS[opinion.source.channel],
        japanese_day(opinion.source.received_at),
        source_name(opinion.source),
        DISPOSITIONS[opinion.disposition],
        opinion.reason,
        subject(opinion.source),
        others(opinion),
        copied(opinion),
        opinion.sha256,
    ]


def summary_sheet(book: Workbook, style: Style, result: Result) -> None:
    """The figures, with what they do not mean."""
    page = book.add_worksheet("概要")
    prepare(page, SUMMARY_WIDTHS)
    write(page, 0, 0, heading(result), style.title)
    facts: list[tuple[str, Cell]] = [
        ("募集期間", period(result)),
        *(("期間の変更", change) for change in period_changes(result)),
        *([("期間を短くした理由", result.short_period_reason)] if result.short_period_reason else []),
        ("担当課", result.section),
        ("公表日", japanese_day(result.published_at) if result.published_at else "公表前の案"),
        ("計画に反映した意見の数", result.reflected),
        ("論点の数", len(result.groups)),
    ]
    line = table(page, style, 2, ("項目", "内容"), [[name, value] for name, value in facts])
    for row, fact in enumerate(facts, 3):
        page.set_row(row, height(fact, SUMMARY_WIDTHS[:2]))
    counts = [tallied(tally) for tally in (*result.tallies, result.received)]
    line = table(page, style, line + 1, COUNT_HEADS, counts)
    for remark in remarks(result):
        write(page, line, 0, remark, style.plain)
        line += 1
    ledgers: list[list[Cell]] = [
        [name, of.received, of.used, of.merged, of.set_aside]
        for name, of in ((LABELS[1], result.texts), ("意見", result.opinions))
    ]
    line = table(page, style, line + 1, ("行き先", "受付", "掲載", "集約", "対象外"), ledgers)
    if result.sha256:
        write(page, line + 1, 0, f"この結果の照合値（SHA-256）: {result.sha256}", style.plain)


def sheet(
    book: Workbook,
    style: Style,
    name: str,
    title: str,
    columns: Mapping[str, int],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """A table under a title: heads stay in view on the screen and come again on every printed page."""
    page = book.add_worksheet(name)
    prepare(page, columns.values())
    write(page, 0, 0, title, style.title)
    last = table(page, style, 2, list(columns), rows)
    for line, row in enumerate(rows, 3):
        page.set_row(line, height(row, columns.values()))
    page.freeze_panes(3, 0)
    page.repeat_rows(2)
    page.autofilter(2, 0, max(last - 1, 2), len(columns) - 1)


def prepare(page: Worksheet, widths: Iterable[int]) -> None:
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.set_landscape()
    page.set_paper(8)  # A3, the widest sheet of an office printer
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")


def table(
    page: Worksheet, style: Style, top: int, heads: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> int:
    """Write heads and rows; return the first free line."""
    for column, head in enumerate(heads):
        write(page, top, column, head, style.head)
    for line, row in enumerate(rows, top + 1):
        for column, value in enumerate(row):
            write(page, line, column, value, style.cell)
    return top + 1 + len(rows)


def height(row: Iterable[Cell], widths: Iterable[int]) -> int:
    """Room for the longest cell; not every program finds it by itself."""
    lines = max(wrapped_lines(str(value or ""), width) for value, width in zip(row, widths, strict=True))
    return min(lines * LINE + 4, ROW_LIMIT)


def wrapped_lines(text: str, width: int) -> int:
    """How many lines a text takes in a column so many half-width characters wide."""
    return sum(1 + breadth(line) // (width - 1) for line in text.split("\n"))


def breadth(line: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)


def write(page: Worksheet, line: int, column: int, value: Cell, look: Format) -> None:
    if isinstance(value, int):
        page.write_number(line, column, value, look)
    elif value:
        page.write_string(line, column, fitting(value), look)
    else:
        page.write_blank(line, column, None, look)


def in_one_row(quotes: str, width: int) -> str:
    """As much of the opinions as the highest row shows, also on paper; all of their words stand on their own sheet."""

    def is_cut(length: int) -> bool:
        return wrapped_lines(quotes[:length] + CUT, width) * LINE + 4 > ROW_LIMIT

    if wrapped_lines(quotes, width) * LINE + 4 <= ROW_LIMIT:
        return quotes
    return quotes[: bisect_left(range(len(quotes)), True, key=is_cut) - 1] + CUT


def fitting(text: str) -> str:
    # Excel counts UTF-16 units: one rare kanji or emoji counts twice.
    if len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT:
        return text
    room = text.encode("utf-16-le")[: (CELL_LIMIT - len(CUT)) * 2]
    return room.decode("utf-16-le", errors="ignore") + CUT
