"""`forum charter`: the rules go out into a file and come back as editors write it."""

from datetime import date
from pathlib import Path

import pytest
import typer

from forum.commands.charter import announce, written
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
