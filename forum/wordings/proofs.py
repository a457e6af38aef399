"""Recomputing what easy words promise: none was altered, and versions follow each other."""

from collections import defaultdict
from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from forum.wordings import queries
from forum.wordings.rules import document


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every version that says something else than its hash, or follows none."""
    last: dict[tuple[str, int], tuple[int, str]] = defaultdict(lambda: (0, ""))
    for kept in await queries.every(db):
        number, before = last[kept.about, kept.subject_id]
        if kept.number != number + 1 or kept.sha256 != digest(document(kept, before)):
            yield f"easy words for {kept.about} {kept.subject_id}: version {kept.number} differs from its hash"
        last[kept.about, kept.subject_id] = (kept.number, kept.sha256)
