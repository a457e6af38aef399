"""The published result as files, opened again by the programs that residents have."""

import csv as stdlib_csv
import io
import json as stdlib_json
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from forum.cells import harmless
from moderation.consultations.exports import DISCLAIMER, bundle, csv, docx, json, xlsx
from moderation.consultations.exports.bundle.beside import Beside
from moderation.consultations.results import (
    Answer,
    Group,
    Opinion,
    PeriodChange,
    PlanSection,
    Result,
    Source,
    Tally,
)
from moderation.consultations.rules import Category, days
from moderation.digests.counting import Copy, Counts
from moderation.digests.ledger import Figures

TOKYO = ZoneInfo("Asia/Tokyo")
MAY = datetime(2026, 5, 1, 9, 30, tzinfo=TOKYO)
REVISED = Category("revised", "修正", "Revised", "直します", True, True, False)
DECLINED = Category("not_adopted", "反映しない", "Not adopted", "変えません", False, False, True)


def an_opinion(number: int, text: str | None, disposition: str = "used", reason: str = "") -> Opinion:
    source = Source("post", f"1-{number:04}", None, None, None, f"{number:064x}", MAY)
    return Opinion(number, text, f"{number + 1000:064x}", 0, len(text or "…"), disposition, reason, source)


def a_result() -> Result:
    trees = Group(
        number=1,
        title="街路樹の保全",
        summary="街路樹を残してほしい。",
        section="第2章 みどり",
        opinions=(
            an_opinion(1, "街路樹を切らないでください。\n日陰が必要です。"),
            replace(an_opinion(2, "=1+1", "merged"), copy=Copy.NEAR, copy_of=1),
        ),
        answer=Answer(
            1,
            REVISED,
            "ご意見を踏まえ、修正します。",
            "",
            "街路樹を整理する。",
            "街路樹を守り、育てる。",
            ("1" * 64,),
            "a" * 64,
        ),
        counts=Counts(people=2, unnamed=0, texts=2, opinions=2, same=0, near=1),
    )
    paths = Group(
        number=2,
        title="自転車の道",
        summary="",
        section="",
        opinions=(an_opinion(3, "-自転車専用の道を\x0bつくる"),),
        answer=Answer(
            2,
            DECLINED,
            "原案のとおりとします。",
            "道路の幅が足りないためです。",
            "",
            "",
            ("3" * 64,),
            "b" * 64,
        ),
        counts=Counts(people=0, unnamed=1, texts=1, opinions=1, same=0, near=0),
    )
    return Result(
        consultation_id=1,
        url="https://example.jp/consultations/1/results",
        title="みどりの計画（案）",
        summary="",
        section="環境政策課",
        opens_at=datetime(2026, 3, 1, tzinfo=TOKYO),
        closes_at=datetime(2026, 3, 30, 17, 15, tzinfo=TOKYO),
        short_period_reason="",
        result_due=date(2026, 5, 31),
        published_at=MAY,
        plan=(PlanSection(1, "第2章 みどり", "街路樹を整理する。"),),
        received=Tally("all", Counts(people=3, unnamed=1, texts=5, opinions=5, same=0, near=1)),
        tallies=(Tally("post", Counts(3, 0, 4, 4, 0, 1)), Tally("import", Counts(0, 1, 1, 1, 0, 0))),
        texts=Figures(5, 3, 1, 1, 0),
        opinions=Figures(5, 2, 1, 2, 0),
        groups=(trees, paths),
        set_aside=(an_opinion(4, "計画と関係のない話", "set_aside", "計画案の対象外"),
                   an_opinion(5, None, "set_aside", "個人情報を含むため")),
        digest_sha256="c" * 64,
        sha256="d" * 64,
        hash_version=2,
    )  # fmt: skip


def table_texts(content: bytes) -> list[list[list[str]]]:
    document = Document(io.BytesIO(content))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def test_a_period_that_ends_at_midnight_ends_on_the_day_before() -> None:
    """As its days are counted: thirty, from the first to the thirtieth of March."""
    midnight = datetime(2026, 3, 31, tzinfo=TOKYO)
    earlier = PeriodChange("extend", MAY, datetime(2026, 3, 20, tzinfo=TOKYO), midnight, "祭りのため")
    result = replace(a_result(), closes_at=midnight, period_changes=(earlier,))
    assert days(result.opens_at, result.closes_at, TOKYO) == 30
    period, change = (
        "2026年3月1日から2026年3月30日まで",
        "締め切りを2026年3月19日から2026年3月30日に変更しました。",
    )
    overview, *_others = table_texts(docx.export(result))
    assert [cell for name, cell in overview if name == "募集期間"] == [period]
    assert change in "".join(cell for _name, cell in overview)
    summary = load_workbook(io.BytesIO(xlsx.export(result)))["概要"]
    told = "\n".join(str(cell) for row in summary.iter_rows(values_only=True) for cell in row if cell)
    reports = [{"number": group.number, "reports": []} for group in result.groups]
    page = bundle.page(result, Beside(digest={}, progress={"groups": reports})).decode()
    for text in (told, page):
        assert period in text
        assert change in text


def test_a_long_period_that_was_cut_short_is_not_said_to_be_shorter_than_thirty_days() -> None:
    """What ended after forty days of sixty has a reason, too."""
    result = replace(
        a_result(), closes_at=datetime(2026, 4, 9, 17, 15, tzinfo=TOKYO), short_period_reason="急ぐため"
    )
    overview, *_others = table_texts(docx.export(result))
    assert ["期間を短くした理由", "急ぐため"] in overview
    summary = load_workbook(io.BytesIO(xlsx.export(result)))["概要"]
    assert ("期間を短くした理由", "急ぐため") in [row[:2] for row in summary.iter_rows(values_only=True)]
    reports = [{"number": group.number, "reports": []} for group in result.groups]
    page = bundle.page(result, Beside(digest={}, progress={"groups": reports})).decode()
    assert "期間を短くした理由" in page
    assert "30日より短い" not in page


def test_the_word_document_holds_what_a_city_publishes() -> None:
    content = docx.export(a_result())
    document = Document(io.BytesIO(content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert document.core_properties.title == "「みどりの計画（案）」に対する意見及び検討結果"
    assert DISCLAIMER in text
    assert "d" * 64 in text
    _overview, counts, ledger, considered, changes, aside, originals = table_texts(content)
    assert counts[0] == ["受付方法", "人数", "投稿・提出", "意見", "うち同じ文", "うちほぼ同じ文"]
    assert counts[1:] == [
        ["郵送", "3", "4", "4", "0", "1"],
        ["一括登録", "不明（氏名の記録なし）", "1", "1", "0", "0"],
        ["合計", "3人と、氏名の記録がない1件", "5", "5", "0", "1"],
    ]
    assert ledger[1] == ["投稿・提出", "5件", "3件", "1件", "1件"]
    assert considered[0] == ["No.", "該当箇所・論点", "意見の概要", "件数", "市の考え方", "区分"]
    assert considered[1][1:] == [
        "第2章 みどり\n街路樹の保全",
        "街路樹を残してほしい。",
        "2人\n投稿・提出2件\n意見2件\nうち同じ文0件\nうちほぼ同じ文1件",
        "ご意見を踏まえ、修正します。",
        "修正",
    ]
    assert "【理由】\n道路の幅が足りないためです。" in considered[2][4]
    assert changes[1] == ["1", "第2章 みどり", "街路樹を整理する。", "街路樹を守り、育てる。"]
    runs = [
        run for row in document.tables[4].rows[1:] for cell in row.cells for run in cell.paragraphs[0].runs
    ]
    assert [run.text for run in runs if run.font.strike] == ["整理する"]
    assert "".join(run.text for run in runs if run.font.underline) == "守り、育てる"
    # Where nobody summed it up, the words speak for themselves; the words of all are in the appendix.
    assert considered[2][2] == "-自転車専用の道を\N{REPLACEMENT CHARACTER}つくる"
    assert originals[1] == ["No.1", "1", "街路樹を切らないでください。\n日陰が必要です。", "受付番号 1-0001"]
    assert aside[2] == ["5", "（掲載していません）", "個人情報を含むため"]


def test_the_word_document_is_landscape_japanese_and_repeats_its_heads() -> None:
    document = Document(io.BytesIO(docx.export(a_result())))
    page = document.sections[0]
    assert page.page_width is not None
    assert page.page_height is not None
    assert page.page_width > page.page_height
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "游明朝"
    assert fonts.get(qn("w:eastAsiaTheme")) is None
    heads = [table.rows[0]._tr.find(qn("w:trPr")) for table in document.tables[1:]]
    assert all(head is not None and head.find(qn("w:tblHeader")) is not None for head in heads)
    assert "NUMPAGES" in page.footer._element.xml


def test_the_word_document_of_no_opinions_says_so() -> None:
    empty = replace(
        a_result(), groups=(), set_aside=(), texts=Figures(0, 0, 0, 0, 0), opinions=Figures(0, 0, 0, 0, 0)
    )
    document = Document(io.BytesIO(docx.export(empty)))
    assert "意見の提出はありませんでした。" in [paragraph.text for paragraph in document.paragraphs]


def test_a_draft_of_the_document_says_that_it_is_one() -> None:
    draft = replace(a_result(), published_at=None, sha256=None)
    document = Document(io.BytesIO(docx.export(draft)))
    assert "公表前の案" in [paragraph.text for paragraph in document.paragraphs]


def test_the_workbook_opens_with_its_three_sheets() -> None:
    book = load_workbook(io.BytesIO(xlsx.export(a_result())))
    assert book.sheetnames == ["検討結果", "意見", "概要"]
    period = book["概要"]["B4"].value
    assert isinstance(period, str)
    assert period.endswith("まで")
    assert xlsx.breadth(period) < book["概要"].column_dimensions["B"].width, "it is read to its end"
    sheet = book["検討結果"]
    assert [cell.value for cell in sheet[4]] == [
        1,
        "第2章 みどり",
        "街路樹の保全",
        "街路樹を残してほしい。",
        2,
        2,
        2,
        0,
        1,
        "ご意見を踏まえ、修正します。",
        None,
        "修正",
        "街路樹を整理する。",
        "街路樹を守り、育てる。",
    ]
    assert sheet["E5"].value == "不明（氏名の記録なし）", "nobody named is not the same as nobody"
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == (
        "A4",
        "$3:$3",
        "landscape",
    )


def test_the_workbook_computes_nothing() -> None:
    book = load_workbook(io.BytesIO(xlsx.export(a_result())))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_a_text_longer_than_a_cell_or_a_row_says_where_it_goes_on() -> None:
    quotes = tuple(an_opinion(number, "𠮷" * 9_000) for number in (1, 2))
    result = a_result()
    long = replace(result, groups=(replace(result.groups[0], opinions=quotes, summary=""),))
    sheet = load_workbook(io.BytesIO(xlsx.export(long)))["検討結果"]
    value = sheet["D4"].value
    assert isinstance(value, str)
    assert value.endswith("…（続きは「意見」シート）")
    assert xlsx.wrapped_lines(value, 60) * xlsx.LINE < sheet.row_dimensions[4].height <= xlsx.ROW_LIMIT
    assert xlsx.wrapped_lines(value[:-20] + "𠮷" * 80, 60) * xlsx.LINE > xlsx.ROW_LIMIT, "the row is full"
    cell = xlsx.fitting("𠮷" * 18_000)
    assert cell.endswith("…（続きは「意見」シート）")
    assert len(cell.encode("utf-16-le")) // 2 <= xlsx.CELL_LIMIT


def test_the_csv_has_every_opinion_and_no_formula() -> None:
    content = csv.export(a_result())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(stdlib_csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row["意見番号"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["意見"] == "街路樹を切らないでください。\n日陰が必要です。"
    assert rows[1]["意見"] == "'=1+1"
    assert rows[4]["意見"] == "（掲載していません）"
    assert [row["同じ文・ほぼ同じ文"] for row in rows[:3]] == ["", "ほぼ同じ文（意見1）", ""]


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＠a"])
def test_cells_that_a_spreadsheet_would_run_become_text(cell: str) -> None:
    assert harmless(cell) == "'" + cell


def test_the_json_holds_every_word_and_hash() -> None:
    result = a_result()
    data = stdlib_json.loads(json.export(result))
    assert data["state"] == "published"
    assert data["ledger"]["texts"] == {"received": 5, "used": 3, "merged": 1, "set_aside": 1}
    assert data["groups"][0]["opinions"][1]["text"] == "=1+1"
    assert data["groups"][0]["answer"]["sha256"] == "a" * 64
    assert data["groups"][1]["counts"]["people"] is None
    assert data["received"]["copies"] == {"same": 0, "near": 1}
    assert [opinion["copy_of"] for opinion in data["groups"][0]["opinions"]] == [None, 1]
    assert data["set_aside"][1]["text"] is None
    assert data["sha256"] == {"digest": "c" * 64, "consultation": "d" * 64}
    assert data["opens_at"] == "2026-02-28T15:00:00.000000Z"
