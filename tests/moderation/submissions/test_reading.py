"""A file of opinions is taken whole, or every line that is wrong is named."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from moderation.submissions.cells import Row
from moderation.submissions.reading import Columns, Unreadable, read
from moderation.submissions.rules import BODY_LIMIT, Channel

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=TOKYO)
BODY = Columns(body="意見")


def rows(text: str, columns: Columns = BODY, encoding: str = "utf-8") -> list[Row]:
    return read(text.encode(encoding), columns, now=NOW)


def faults(text: str | bytes, columns: Columns = BODY) -> list[str]:
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(Unreadable) as refused:
        read(content, columns, now=NOW)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_utf8_with_or_without_a_mark_and_shift_jis_are_read(encoding: str) -> None:
    assert [row.body for row in rows("意見\n歩道を①広く\n木陰～がほしい\n", encoding=encoding)] == [
        "歩道を①広く",
        "木陰～がほしい",
    ]


def test_every_column_finds_its_field() -> None:
    columns = Columns("意見", "氏名", "住所", "団体", "方法", "日", ("年", "番"))
    head = "年,番,氏名,住所,団体,方法,日,意見"
    (row,) = rows(head + "\n7,12,貫井 花子,本町1-1,みどりの会,ＦＡＸ,令和7年11月4日,木を残して\n", columns)
    assert (row.name, row.address, row.organisation) == ("貫井 花子", "本町1-1", "みどりの会")
    assert (row.channel, row.received, row.source_ref) == (
        Channel.FAX,
        datetime(2025, 11, 4, tzinfo=TOKYO),
        "7/12",
    )


def test_lines_are_counted_as_a_spreadsheet_counts_them() -> None:
    text = '意見\n"一行目\n二行目"\n\nふつう\n'
    assert [(row.line, row.body) for row in rows(text)] == [(2, "一行目\n二行目"), (4, "ふつう")]
    assert [row.line for row in rows(text.replace("\n", "\r\n"))] == [2, 4]


def test_every_bad_line_is_named_and_nothing_is_taken() -> None:
    columns = Columns("意見", received="日", channel="方法", id=("番号",))
    text = (
        "番号,意見,日,方法\n"
        "1,よい意見,2025-11-01,郵送\n"
        "1,同じ番号,2025/11/2,持参\n"
        '3,"長い\n意見",2025-13-01,鳩\n'
        "4,,2025-11-01,\n"
        "5,先の日付,2099-01-01,\n"
        ",番号なし,,\n"
        "6,余り,,,,\n"
    )
    assert faults(text, columns) == [
        "3行目: 番号「1」は2行目と同じです。",
        "4行目: 列「方法」: 「鳩」という受付方法は分かりません。",
        "4行目: 列「日」: 「2025-13-01」は正しい日付ではありません（例: 2025-11-04）。",
        "5行目: 列「意見」: 空です。",
        "6行目: 受付日が未来になっています。",
        "7行目: 列「番号」: 番号が空です。",
        "8行目: 見出しより列が多くあります。",
    ]


def test_unreadable_characters_and_overlong_texts_are_refused() -> None:
    control = "使えない文字（制御文字など）が含まれています。取り除いてください。"
    assert faults("意見\na\0b\n\u202eabc\n") == [f"{line}行目: 列「意見」: {control}" for line in (2, 3)]
    assert faults(f"意見\n{'あ' * (BODY_LIMIT + 1)}\n") == [
        "2行目: 列「意見」: 長すぎます（20001文字。上限は20000文字）。"
    ]


def test_a_missing_or_doubled_column_is_named_with_those_that_are_there() -> None:
    assert faults("番号,本文\n1,a\n") == ["1行目: 列「意見」がありません（ある列: 番号、本文）。"]
    assert faults("意見,意見\na,b\n") == ["1行目: 列「意見」が二つ以上あります。"]


def test_an_empty_file_is_not_a_file_without_opinions() -> None:
    assert faults("") == ["1行目: 列「意見」がありません（ある列: ）。"]
    assert faults("意見\n \n") == ["1行目: 意見の行が一つもありません。"]


def test_an_open_quote_ends_the_reading_after_the_faults_before_it() -> None:
    assert faults('意見\n\0\nよい\n"閉じない\nあと\n') == [
        "2行目: 列「意見」: 使えない文字（制御文字など）が含まれています。取り除いてください。",
        "4行目: CSVの形が崩れています（引用符の閉じ忘れ、長すぎるセルなど）。",
    ]


def test_a_broken_byte_is_found_and_not_read_as_another_encoding() -> None:
    good = "意見\nこれはよい意見です\n"
    assert faults(good.encode() + b"\xff\n") == ["3行目: UTF-8として読めない文字があります。"]
    assert faults(good.encode("cp932") + b"\x82\n") == ["3行目: Shift_JISとして読めない文字があります。"]
    assert faults(good.encode("utf-16")) == [
        "1行目: UTF-16のファイルです。UTF-8かShift_JISで保存しなおしてください。"
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-11-04", datetime(2025, 11, 4, tzinfo=TOKYO)),
        ("2025/1/4 9:05", datetime(2025, 1, 4, 9, 5, tzinfo=TOKYO)),
        ("２０２５年１１月４日", datetime(2025, 11, 4, tzinfo=TOKYO)),
        ("R7.11.4", datetime(2025, 11, 4, tzinfo=TOKYO)),
        ("令和元年5月1日", datetime(2019, 5, 1, tzinfo=TOKYO)),
        ("", None),
    ],
)
def test_dates_are_read_as_offices_write_them(written: str, meant: datetime | None) -> None:
    (row,) = rows(f"意見,日\nよい,{written}\n", Columns("意見", received="日"))
    assert row.received == meant


@pytest.mark.parametrize("written", ["2025-02-30", "11月4日", "きのう", "2025-11-04 25:00", "令和99年1月1日"])
def test_wrong_dates_are_refused(written: str) -> None:
    assert len(faults(f"意見,日\nよい,{written}\n", Columns("意見", received="日"))) == 1
