"""Recomputing what decisions promise: they name the words that were judged, and posts are as they were decided."""

from collections.abc import AsyncIterator

from forum.db import Database
from moderation.reviews.queries import decisions


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about decisions that does not match."""
    for line in await decisions.mismatches(db):
        yield line
