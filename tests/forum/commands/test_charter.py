"""`forum charter`: the rules go out into a file and come back as editors write it."""

from datetime import date
from pathlib import Path

import pytest
import typer

from forum.commands.charter import announce, write, written
from tests.conftest import SECRET


@pytest.fixture(autouse=True)
def town(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DATABASE_URL", own_database), ("VAR_DIR", str(tmp_path)), ("SECRET_KEY", SECRET)):
        monkeypatch.setenv(name, value)


async def test_a_mark_that_an_editor_puts_before_the_first_line_is_no_fault() -> None:
    with pytest.raises(typer.BadParameter, match="変わったところがありません"):
        await announce((await written()).encode("utf-8-sig"), date(2100, 1, 1))


async def test_a_file_in_another_encoding_is_told_in_a_line() -> None:
    with pytest.raises(typer.BadParameter, match="utf-8"):
        await announce((await written()).encode("shift_jis"), date(2100, 1, 1))


async def test_what_is_wrong_with_a_file_is_told_in_a_line_for_each_fault() -> None:
    text = (
        (await written()).replace("number = 1\n", "number = 0\n").replace('title = "誹謗中傷"', 'title = ""')
    )
    with pytest.raises(typer.BadParameter) as told:
        await announce(text.encode(), date(2100, 1, 1))
    lines = str(told.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("rule 1 number: ")
    assert lines[1].startswith("rule 2 title: ")
    assert "pydantic" not in str(told.value)


async def test_rules_that_were_reworded_already_are_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "charter.toml"
    await write(file)
    assert file.read_text("utf-8") == await written()
    file.write_text("書きなおしたきまり", "utf-8")
    with pytest.raises(typer.BadParameter, match="cannot be written"):
        await write(file)
    assert file.read_text("utf-8") == "書きなおしたきまり"
