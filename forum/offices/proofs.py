"""Recomputing who was given which office."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.offices import queries
from forum.offices.rules import document
from forum.proof import digest


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every appointment that says something else than its hash."""
    async for appointed in queries.every(db):
        if appointed.sha256 != digest(document(appointed)):
            yield f"appointment {appointed.id}: altered: it says something else than its hash"
