"""Every opinion in one table, for spreadsheets and for people who check."""

import csv
import io

from forum.cells import harmless
from moderation.consultations.exports import DISPOSITIONS, copied, japanese_day, source_name, words
from moderation.consultations.results import WAYS, Group, Opinion, Result

COLUMNS = (
    "意見番号", "論点番号", "論点", "該当箇所", "意見", "受付方法", "受付日", "出典", "扱い", "対象外の理由",
    "区分", "市の考え方", "理由", "修正前", "修正後", "意見のSHA-256", "出典のSHA-256", "回答のSHA-256", "ほかの市の考え方",
    "計画案の版", "計画案の項目", "計画案の段落", "同じ文・ほぼ同じ文",
)  # fmt: skip


def export(result: Result) -> bytes:
    """UTF-8 with a byte order mark, because Excel guesses Shift_JIS without one."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for group, opinion in result.every_opinion():
        writer.writerow([harmless(cell) for cell in row(result, group, opinion)])
    return out.getvalue().encode("utf-8-sig")


def row(result: Result, group: Group | None, opinion: Opinion) -> tuple[str, ...]:
    about = (str(group.number), group.title, group.section) if group else ("", "", "")
    answer = group.answer if group else None
    answered = (
        (answer.category.label, answer.body, answer.reason, answer.plan_before, answer.plan_after)
        if answer
        else ("", "", "", "", "")
    )
    source = opinion.source
    return (
        str(opinion.number), *about, words(opinion), WAYS[source.channel], japanese_day(source.received_at),
        source_name(source), DISPOSITIONS[opinion.disposition], opinion.reason, *answered,
        opinion.sha256, source.sha256 or "", answer.sha256 if answer else "", also(result, opinion),
        *place(opinion), copied(opinion),
    )  # fmt: skip


def place(opinion: Opinion) -> tuple[str, str, str]:
    """Of which version, section and paragraph of the draft its author spoke, as far as that is known."""
    about = opinion.source.about
    if about is None:
        return "", "", ""
    return str(about.version), about.heading, str(about.passage or "")


def also(result: Result, opinion: Opinion) -> str:
    """The answers of other groups to the same opinion, each with its number."""
    found = [result.group(number) for number in opinion.further]
    return "\n\n".join(
        f"No.{group.number}（{group.answer.category.label}）{group.answer.body}" for group in found
    )
