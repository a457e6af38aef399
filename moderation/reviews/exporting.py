"""The log as files: rows for a spreadsheet, or JSON. Each is enough to recompute every hash (docs/provenance.md)."""

import csv
import io
import json
from collections.abc import AsyncIterable, AsyncIterator

from forum.cells import harmless
from moderation.reviews.chain import Line, document

FIELDS = (
    "number", "version", "id", "time", "act", "appeal", "board", "post", "rule", "rule_version", "reason", "role", "moderator",
    "proposer", "text", "seal",
)  # fmt: skip
HASHES = ("entry_sha256", "previous", "sha256")

# A line, and whether this reader may see what it says: of others the hashes alone, so that the chain has no hole.
Rows = AsyncIterable[tuple[Line, bool]]


async def as_csv(lines: Rows) -> AsyncIterator[bytes]:
    """UTF-8 with a byte order mark, because Excel guesses Shift_JIS without one."""
    yield b"\xef\xbb\xbf" + _row([*FIELDS, *HASHES])
    async for line, readable in lines:
        said = document(line) if readable else {"number": line.number}
        values = [said.get(field) for field in FIELDS] + [line.entry, line.previous, line.sha256]
        yield _row(["" if value is None else harmless(str(value)) for value in values])


async def as_json(lines: Rows) -> AsyncIterator[bytes]:
    """An array with a line on each line, written as it is read."""
    between = "[\n"
    async for line, readable in lines:
        hashes = dict(zip(HASHES, (line.entry, line.previous, line.sha256), strict=True))
        said = {"number": line.number, "entry": document(line) if readable else None, **hashes}
        yield (between + json.dumps(said, ensure_ascii=False)).encode()
        between = ",\n"
    yield b"[]\n" if between == "[\n" else b"\n]\n"


def _row(cells: list[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()
