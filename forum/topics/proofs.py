"""Recomputing what topics promise: their titles are as they were given, their posts and changes numbered without
gaps."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.topics.queries import recount
from forum.topics.rules import title_hash


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every topic that does not agree with its posts."""
    async for title in recount.all_titles(db):
        if title.sha256 != title_hash(title):
            yield f"topic {title.id}: the hash of its title differs"
    for topic_id, what in await recount.broken(db):
        yield f"topic {topic_id}: {what}"
