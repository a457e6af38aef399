"""Recomputing what proposed themes promise: a theme waits or has begun, and who supported one that has begun is forgotten."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.themes import queries


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every theme that is not what its supporters made of it."""
    for topic_id, what in await queries.broken(db):
        yield f"theme {topic_id}: {what}"
