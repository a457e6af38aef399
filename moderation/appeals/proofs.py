"""Recomputing what appeals promise: each says what was filed, and was judged by somebody else."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from moderation.appeals.queries import checking
from moderation.appeals.rules import document


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about appeals that does not match."""
    async for appeal in checking.every(db):
        if appeal.sha256 != digest(document(appeal, appeal.decision_sha256)):
            yield f"appeal {appeal.id}: altered: it says something else than its hash"
    for line in await checking.unfounded(db):
        yield line
