"""Recomputing what records say of each other: none is published alone."""

from collections.abc import AsyncIterator

from forum.db import Database
from moderation.records import queries


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every two records that contradict each other."""
    for line in await queries.contradictions(db):
        yield line
