"""Small pages: old phones and slow lines are part of the town."""

import gzip
import re
from collections.abc import Iterator
from functools import cache

import pytest

from forum.rendering import STATIC
from forum.settings import ROOT

STYLE_BYTES_MAX = 8_000
# Of all that a page may load, before it moves.
SCRIPT_BYTES_MAX = 25_000
TEMPLATES = ROOT / "templates"
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
SCRIPT = re.compile(r"asset\('([\w/]+\.js)'\)")
PART = re.compile(r'\{% (?:extends|include) "([^"]+)"')


def test_the_style_sheet_is_small() -> None:
    assert _sent("site.css") < STYLE_BYTES_MAX


@pytest.mark.parametrize("page", PAGES)
def test_the_scripts_of_a_page_are_small(page: str) -> None:
    live = {path.relative_to(STATIC).as_posix() for path in STATIC.glob("live/*.js")}
    assert sum(_sent(name) for name in live | {*_scripts(page)}) < SCRIPT_BYTES_MAX


def test_every_script_is_of_some_page() -> None:
    pages = {name for page in PAGES for name in _scripts(page)}
    assert {path.name for path in STATIC.glob("*.js")} <= pages


def _scripts(template: str) -> Iterator[str]:
    """What the template loads, and the parts it is made of."""
    text = (TEMPLATES / template).read_text()
    yield from SCRIPT.findall(text)
    for part in PART.findall(text):
        yield from _scripts(part)


@cache
def _sent(name: str) -> int:
    """Bytes over the line, compressed."""
    return len(gzip.compress((STATIC / name).read_bytes()))
