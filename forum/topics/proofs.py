"""Recomputing what topics promise: their posts are numbered without gaps, and so are their changes."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.topics import queries


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every topic that does not agree with its posts."""
    for topic_id, what in await queries.broken(db):
        yield f"topic {topic_id}: {what}"
