"""CSV files of comments, as other tools write and read them."""

import csv
import io

import pytest

from moderation.consultations.comments import columns_of
from moderation.consultations.exports import kouchou
from moderation.submissions.reading import Columns, read
from tests.moderation.consultations import stories
from tests.moderation.consultations.test_exports import a_result

THEIRS = "comment-id,comment-body,source,url,attribute_年代\n1,緑を守って,X,https://example.jp,30代\n2,道を広げて,,,\n"


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (THEIRS.encode(), Columns("comment-body", id=("comment-id",))),
        (THEIRS.replace(",X,", ",郵送,").encode("utf-8-sig"),
         Columns("comment-body", channel="source", id=("comment-id",))),
        (b"comment-id,comment-body\n1,a\n", Columns("comment-body", id=("comment-id",))),
        ("番号,意見\n1,あ\n".encode("cp932"), None),
        (b"", None),
    ],
)  # fmt: skip
def test_a_file_of_comments_is_known_by_its_heads(content: bytes, columns: Columns | None) -> None:
    assert columns_of(content) == columns


def test_what_we_write_we_can_read() -> None:
    content = kouchou.export(a_result()).replace(b"\x0b", b"")
    columns = columns_of(content)
    assert columns == Columns("comment-body", channel="source", id=("comment-id",))
    rows = read(content, columns, now=stories.days_later(9))
    assert [(row.source_ref, row.channel) for row in rows] == [(n, "post") for n in "1234"]
    assert rows[0].body == "街路樹を切らないでください。\n日陰が必要です。"


def test_a_comment_says_where_it_stands_and_what_became_of_it() -> None:
    rows = list(csv.DictReader(io.StringIO(kouchou.export(a_result()).decode(), newline="")))
    assert len(rows) == 4, "what is withheld is no comment"
    assert rows[0]["attribute_論点"] == "街路樹の保全"
    assert rows[0]["attribute_区分"] == "修正"
    assert rows[1]["comment-body"] == "'=1+1"
    assert rows[3]["attribute_扱い"] == "対象外"
    assert {row["url"] for row in rows} == {"https://example.jp/consultations/1/results"}
