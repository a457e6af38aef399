"""Reads a CSV of opinions: all of it, or a list of every line that is wrong.

Accepts UTF-8 with or without a byte order mark and Shift_JIS as Excel writes it (cp932).
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from forum.errors import Invalid, Refusal
from forum.i18n import _
from forum.validating import validated
from moderation.submissions.cells import Row

KANA = re.compile("[ぁ-ヿ]")


@dataclass(frozen=True)
class Columns:
    """Which column of the file holds what; several columns together may identify a row."""

    body: str
    name: str | None = None
    address: str | None = None
    organisation: str | None = None
    channel: str | None = None
    received: str | None = None
    id: tuple[str, ...] = ()
    section: str | None = None

    def named(self) -> dict[str, str]:
        """The mapped fields that hold one cell each."""
        fields = ("body", "name", "address", "organisation", "channel", "received", "section")
        return {field: column for field in fields if (column := getattr(self, field)) is not None}


@dataclass(frozen=True)
class Fault:
    """A line that cannot be taken, and why."""

    line: int
    why: str

    def __str__(self) -> str:
        return _("%(line)s行目: %(why)s", line=self.line, why=self.why)


class Unreadable(Refusal):
    """The file is refused as a whole; `faults` lists every reason."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def read(content: bytes, columns: Columns, *, now: datetime) -> list[Row]:
    """Every row of the file in its order. `now` is in the zone of the city, in which dates are read.

    Raises Unreadable with every fault of every line: nothing is taken from a file with a fault.
    """
    rows: list[Row] = []
    faults: list[Fault] = []
    for read_or_refused in entries(decode(content), columns):
        if isinstance(read_or_refused, Row):
            rows.append(read_or_refused.dated_in(now.tzinfo))
        else:
            faults.append(read_or_refused)
    faults += [*from_the_future(rows, now), *repeated(rows)]
    if not rows and not faults:
        faults.append(Fault(1, _("意見の行が一つもありません。")))
    if faults:
        raise Unreadable(*sorted(faults, key=lambda fault: fault.line))
    return rows


def from_the_future(rows: list[Row], now: datetime) -> Iterator[Fault]:
    for row in rows:
        if row.received and row.received > now:
            yield Fault(row.line, _("受付日が未来になっています。"))


def repeated(rows: list[Row]) -> Iterator[Fault]:
    lines: dict[str, int] = {}
    for row in rows:
        ref = row.source_ref
        if ref is not None and (first := lines.setdefault(ref, row.line)) != row.line:
            yield Fault(row.line, _("番号「%(ref)s」は%(first)s行目と同じです。", ref=ref, first=first))


def decode(content: bytes) -> str:
    """The text of the file. Raises Unreadable when it is neither UTF-8 nor Shift_JIS."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(Fault(1, _("UTF-16のファイルです。UTF-8かShift_JISで保存しなおしてください。")))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Japanese is full of kana when read as it was written, and of other signs when not.
        if kana(content, "utf-8") > kana(content, "cp932"):
            raise Unreadable(undecodable(content, error.start, "UTF-8")) from error
    try:
        return content.decode("cp932")
    except UnicodeDecodeError as error:
        raise Unreadable(undecodable(content, error.start, "Shift_JIS")) from error


def kana(content: bytes, encoding: str) -> int:
    return len(KANA.findall(content.decode(encoding, errors="ignore")))


def undecodable(content: bytes, position: int, encoding: str) -> Fault:
    line = content.count(b"\n", 0, position) + 1
    return Fault(line, _("%(encoding)sとして読めない文字があります。", encoding=encoding))


def entries(text: str, columns: Columns) -> Iterator[Row | Fault]:
    """Each line of opinions, read or refused; counted as a spreadsheet counts, in whose cells there may be line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        check(header, columns)
        line = 2
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield from entry(line, header, cells, columns)
            line += 1
    except csv.Error:
        # What follows a stray quote cannot be told apart into rows: the reading ends here.
        yield broken(line)


def table(content: bytes) -> Iterator[list[str]]:
    """The rows of a file of whatever kind, to see which it is. Raises Unreadable where they cannot be told apart."""
    line = 1
    try:
        for cells in csv.reader(io.StringIO(decode(content), newline="")):
            yield cells
            line += 1
    except csv.Error as error:
        raise Unreadable(broken(line)) from error


def broken(line: int) -> Fault:
    return Fault(line, _("CSVの形が崩れています（引用符の閉じ忘れ、長すぎるセルなど）。"))


def check(header: list[str], columns: Columns) -> None:
    there = "、".join(header)
    wanted = [*columns.named().values(), *columns.id]
    faults = [
        Fault(1, _("列「%(column)s」がありません（ある列: %(there)s）。", column=column, there=there))
        for column in wanted
        if column not in header
    ]
    faults += [
        Fault(1, _("列「%(column)s」が二つ以上あります。", column=column))
        for column in wanted
        if header.count(column) > 1
    ]
    if faults:
        raise Unreadable(*faults)


def entry(line: int, header: list[str], cells: list[str], columns: Columns) -> Iterator[Row | Fault]:
    if len(cells) > len(header):
        yield Fault(line, _("見出しより列が多くあります。"))
        return
    # Spreadsheets leave out empty cells at the end of a row.
    named = dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))
    values: dict[str, object] = {field: named[column] for field, column in columns.named().items()}
    if columns.id:
        values["source_ref"] = "/".join(named[column].strip() for column in columns.id)
    try:
        yield validated(Row, {"line": line, **values})
    except Invalid as invalid:
        headings = {**columns.named(), "source_ref": "・".join(columns.id)}
        for field, why in invalid.fields.items():
            yield Fault(line, _("列「%(column)s」: %(why)s", column=headings[field], why=why))
