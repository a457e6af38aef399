"""Small pages: old phones and slow lines are part of the town."""

import gzip

from forum.rendering import STATIC

STYLE_BYTES_MAX = 8_000
SCRIPT_BYTES_MAX = 25_000


def test_all_style_sheets_together_are_small() -> None:
    assert _sent("*.css") < STYLE_BYTES_MAX


def test_all_scripts_together_are_small() -> None:
    assert _sent("*.js") < SCRIPT_BYTES_MAX


def _sent(pattern: str) -> int:
    """Bytes over the line, compressed."""
    return sum(len(gzip.compress(path.read_bytes())) for path in STATIC.rglob(pattern))
