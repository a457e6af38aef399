"""The heads by which a table of opinions is read that a clerk typed into a spreadsheet."""

import csv
import io

from forum.i18n import _
from moderation.submissions.reading import Columns, Fault, Unreadable, table

# Of each field the head that our own table has, and others that offices use.
HEADS = {
    "body": ("意見", "意見の内容", "ご意見", "本文"),
    "channel": ("受付方法", "提出方法"),
    "received": ("受付日時", "受付日"),
    "name": ("氏名", "名前", "お名前"),
    "address": ("住所", "ご住所"),
    "organisation": ("団体名", "法人・団体の名前"),
    "section": ("該当箇所", "計画案の箇所", "該当ページ・箇所"),
}
NUMBER = ("整理番号", "受付番号")


def columns_in(content: bytes) -> Columns:
    """Which columns to read, by their heads. Raises Unreadable when no column holds opinions."""
    heads = [head.strip() for head in next(table(content), [])]
    found = {field: _first(names, heads) for field, names in HEADS.items()}
    body, number = found.pop("body"), _first(NUMBER, heads)
    if body is None:
        raise Unreadable(Fault(1, _("「意見」という見出しの列がありません。")))
    return Columns(body, **found, id=(number,) if number else ())


def _first(names: tuple[str, ...], heads: list[str]) -> str | None:
    return next((name for name in names if name in heads), None)


def empty_table() -> bytes:
    """The heads alone, to be filled in; with the mark by which Excel knows UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow([NUMBER[0], *(names[0] for names in HEADS.values())])
    return out.getvalue().encode("utf-8-sig")
