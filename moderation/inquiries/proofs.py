"""Recomputing what inquiries promise: the question, what it was about and the answer say what they said."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest, written
from moderation.inquiries import queries
from moderation.inquiries.rules import document, end_document


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every inquiry that does not match."""
    async for inquiry in queries.every(db):
        if inquiry.sha256 != digest(document(inquiry)):
            yield f"inquiry {inquiry.id}: altered: it says something else than its hash"
        ended = written(
            inquiry.outcome, inquiry.ended_by, inquiry.answer, inquiry.ended_at, inquiry.end_sha256
        )
        if ended and inquiry.end_sha256 != digest(end_document(inquiry)):
            yield f"inquiry {inquiry.id}: ended otherwise than its hash says"
