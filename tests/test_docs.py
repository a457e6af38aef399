"""The documents say what is so: every setting, every command, every file and target that they name."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic.fields import FieldInfo
from starlette.routing import Route

from forum.__main__ import app as commands
from forum.settings import ROOT, Settings
from forum.slices import ROUTES

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
OUR_FILE = re.compile(r"`((?:forum|moderation|realtime|templates|migrations|tests|docs)/[\w./-]*)`")
MAKE = re.compile(r"`make ([a-z-]+)`")
ROW = re.compile(r"^\| `([^`]+)` \|.*\|$", re.MULTILINE)


def setting_rows() -> list[str]:
    return [
        f"| `{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def command_rows() -> list[str]:
    return [f"| `forum {name}` | {text} |" for name, text in _commands(typer.main.get_command(commands))]


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    assert _rows("## Configuration") == setting_rows()


def test_every_command_is_in_the_readme_and_no_other() -> None:
    assert _rows("## Commands") == command_rows()


def test_the_table_of_features_names_every_slice_and_pages_that_there_are() -> None:
    section = README.split("## What it does\n", 1)[1].split("\n## ", 1)[0]
    features = [[*map(str.strip, line.strip("|").split("|"))] for line in section.strip().splitlines()[2:]]
    slices = {folder.parent.relative_to(ROOT).as_posix() for folder in ROOT.glob("[fm]o*/*/__init__.py")}
    assert {where.strip("`") for _who, _feature, where, _page in features} == {*slices, "realtime/"}
    assert {who for who, *_rest in features} - {""} == {"residents", "moderators", "city staff", "operators"}
    pages = {page.strip("`") for *_rest, page in features if page.startswith("`")}
    assert pages <= {route.path for route in ROUTES if isinstance(route, Route)}
    # A guide that no feature leads to explains nothing, or a feature is missing.
    guides = {f"/guide/{path.stem}" for path in (ROOT / "templates" / "guide").glob("[a-z]*.html")}
    assert guides - pages == {"/guide/index"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text()
    linked = [document.parent / target for target in LINK.findall(text) if "://" not in target]
    named = [ROOT / name for name in OUR_FILE.findall(text) if "NNNN" not in name]
    assert [path for path in [*linked, *named] if not path.exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_make_target_that_a_document_names_is_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {*MAKE.findall(document.read_text())} <= targets


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def _rows(heading: str) -> list[str]:
    """The rows of the first table under a heading of the README."""
    section = README.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0]
    return [found[0] for found in ROW.finditer(section)]


def _default(field: FieldInfo) -> str:
    """As one would write it in the environment."""
    if field.default in (None, ()):
        return ""
    written = str(field.default)
    return f"`{written.lower() if isinstance(field.default, bool) else written}`"


def _commands(command: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(name, first sentence of its help) of every command, those of groups too."""
    for name, inner in command.commands.items():
        if hasattr(inner, "commands"):
            yield from _commands(inner, f"{path}{name} ")
        else:
            yield f"{path}{name}", " ".join((inner.help or "").split())
