"""`forum export`: a folder that takes no files is told in a line."""

from pathlib import Path

import pytest
import typer

from forum.commands.exporting import save


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_is_none_is_told_in_a_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(typer.BadParameter, match="cannot be written"):
        save({"csv": b""}, tmp_path / place / "results-1")


def test_files_lie_beside_each_other_in_a_folder_that_is_made(tmp_path: Path) -> None:
    save({"csv": b"1", "zip": b"2"}, tmp_path / "new" / "results-1")
    assert {file.name: file.read_bytes() for file in (tmp_path / "new").iterdir()} == {
        "results-1.csv": b"1",
        "results-1.zip": b"2",
    }
