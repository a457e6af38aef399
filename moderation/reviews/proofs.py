"""Recomputing what the log promises: its chain is whole, it names the words that were judged, posts and queue agree with it."""

from collections.abc import AsyncIterator

from forum.db import Database
from moderation.reviews import chain
from moderation.reviews.history import disagreements
from moderation.reviews.queries import chain as lines
from moderation.reviews.queries import decisions, recount


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about decisions that does not match."""
    async for finding in chain.findings(lines.lines(db), await lines.heads(db)):
        yield finding
    for line in await decisions.unfounded(db):
        yield line
    async for post in decisions.histories(db):
        for disagreement in disagreements(post):
            yield f"post {post.id}: {disagreement}"
    for discrepancy in await recount.discrepancies(db):
        yield discrepancy
