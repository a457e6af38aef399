"""A draft plan out of a Word file: what a town writes in Word arrives, and what is hostile is refused in words."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pydantic_core import PydanticCustomError

from forum.db import Database
from forum.errors import Invalid
from moderation.consultations import importing
from moderation.consultations.importing import read_plan
from moderation.consultations.rules.notice import check_plan, sections
from tests.conftest import Login
from tests.factories import a_staff_member
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import on_day
from tests.pages import actions, parsed


def a_word_file(*parts: tuple[str, str], table: bool = False, tracked: bool = False) -> bytes:
    """Paragraphs by style and text."""
    from docx import Document
    from docx.oxml import OxmlElement

    document = Document()
    for style, text in parts:
        document.add_paragraph(text, style=style)
    if table:
        grid = document.add_table(rows=2, cols=2)
        for cell, text in zip(grid._cells, ("年度", "目標|値", "2027", "3\nか所"), strict=True):
            cell.text = text
    if tracked:
        document.paragraphs[0]._p.append(OxmlElement("w:ins"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_headings_become_sections_and_the_rest_markdown() -> None:
    plan = read_plan(
        a_word_file(
            ("Normal", "この計画について。"),
            ("Heading 2", "第1章 みどり"),
            ("Normal", "# 街路樹を*守る*。"),
            ("List Bullet", "植える"),
            ("Heading 3", "現状"),
            table=True,
        )
    )
    assert check_plan(plan) == plan
    assert [part.heading for part in sections(plan)] == ["はじめに", "第1章 みどり"]
    assert sections("# 　\n\n# 第1章") == [("第1章", "")]
    assert "\\# 街路樹を\\*守る\\*。\n\n- 植える\n\n## 現状\n\n| 年度 | 目標\\|値 |\n| --- | --- |" in plan


def test_headings_come_whole_and_say_what_they_said() -> None:
    """One that is too long for a section is for the clerk to shorten."""
    long = "みどりと水を守り育てるために市と市民がともにすること・" * 6
    plan = read_plan(a_word_file(("Heading 1", long), ("Heading 2", "1*2*3 " + long), ("Normal", "本文")))
    assert [part.heading for part in sections(plan)] == [long]
    assert f"\n\n## 1\\*2\\*3 {long}\n\n" in plan
    with pytest.raises(PydanticCustomError, match="見出しは"):
        check_plan(plan)


def test_a_file_without_headings_is_one_section() -> None:
    assert read_plan(a_word_file(("Normal", "案の文"))) == "# 本文\n\n案の文"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b"0" * (importing.UNPACKED_LIMIT + 1))
    return out.getvalue()


def altered(*changes: tuple[bytes, bytes], name: str = "word/document.xml") -> bytes:
    """A Word file with other bytes in one of its parts."""
    out, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(a_word_file(("Normal", "案の文"))))
    with zipfile.ZipFile(out, "w") as parts:
        for part in source.namelist():
            content = source.read(part)
            for old, new in changes if part == name else ():
                assert old in content
                content = content.replace(old, new)
            parts.writestr(part, content)
    return out.getvalue()


def with_macros() -> bytes:
    return altered((b"wordprocessingml.document.main", b"x-macroEnabled.main"), name="[Content_Types].xml")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: b"", "読めません"),
        (lambda: b"%PDF-1.7", "読めません"),
        (lambda: a_word_file(("Normal", "案"))[:-40], "読めません"),
        (lambda: altered((b"<w:body>", b"<w:body")), "読めません"),
        (with_macros, "読めません"),
        (bomb, "大きすぎます"),
        (lambda: a_word_file(("Normal", "案の文"), tracked=True), "変更履歴"),
        (lambda: a_word_file(("Normal", " ")), "見つかりません"),
        (lambda: a_word_file(("Normal", "案" * 100_001)), "長すぎます"),
    ],
)
def test_what_is_no_plan_is_refused_in_a_sentence(content: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_plan(content())
    assert sentence in refused.value.fields["word"]


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("ひみつ")
    entity = f'<!DOCTYPE w [<!ENTITY a SYSTEM "file://{tmp_path}/secret">]><w:document '
    file = altered((b"<w:document ", entity.encode()), ("案の文".encode(), "案&a;の文".encode()))
    assert "ひみつ" not in read_plan(file)


def test_many_empty_paragraphs_are_refused_at_once() -> None:
    with pytest.raises(Invalid):
        read_plan(altered((b"<w:body>", b"<w:body>" + b"<w:p/>" * (importing.BLOCKS_LIMIT + 1))))


async def test_the_clerk_looks_at_it_before_it_is_saved(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    clerk = await a_staff_member(db)
    await login(client, clerk.id or 0)
    word = ("plan.docx", a_word_file(("Heading 1", "第1章 水"), ("Normal", "湧き水を守る。")))
    with on_day(0):
        notice = stories.a_notice(clerk).model_dump(mode="json") | {"result_due": ""}
        shown = await client.post("/consultations/new", data=notice | {"do": "import"}, files={"word": word})
        assert shown.status_code == 200
        assert "# 第1章 水\n\n湧き水を守る。" in shown.text
        assert notice["title"] in shown.text
        assert await db.value("select count(*) from consultations") == 0
        none = await client.post("/consultations/new", data=notice | {"do": "import"})
        assert none.status_code == 422
        broken = await client.post(
            "/consultations/new", data=notice | {"do": "import"}, files={"word": ("x.docx", b"PK")}
        )
        assert broken.status_code == 422
        assert "読めません" in broken.text
        saved = await client.post("/consultations/new", data=notice, files={"word": ("", b"")})
        assert saved.status_code == 303


async def test_a_plan_with_large_figures_is_read_where_the_form_goes(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    clerk = await a_staff_member(db)
    await login(client, clerk.id or 0)
    file = io.BytesIO(a_word_file(("Heading 1", "第1章 水"), ("Normal", "湧き水を守る。")))
    with zipfile.ZipFile(file, "a") as parts:
        parts.writestr("word/media/figure.png", bytes(3_000_000))
    with on_day(0):
        notice = stories.a_notice(clerk).model_dump(mode="json") | {"result_due": ""}
        [address] = [to for to in actions(parsed(await client.get("/consultations/new"))) if "/new" in to]
        word = {"word": ("plan.docx", file.getvalue())}
        shown = await client.post(address, data=notice | {"do": "import"}, files=word)
        assert (shown.status_code, "湧き水を守る。" in shown.text) == (200, True)
        saved = await client.post(address, data=notice, files=word)
        desk = saved.headers["location"].removesuffix("/desk")
        [address] = [to for to in actions(parsed(await client.get(f"{desk}/edit"))) if "/edit" in to]
        shown = await client.post(address, data=notice | {"do": "import"}, files=word)
        assert (shown.status_code, "湧き水を守る。" in shown.text) == (200, True)
