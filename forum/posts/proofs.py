"""Recomputing what posts promise: every revision hashes to what it says, and numbers have no gaps."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.posts import queries
from forum.posts.rules import Revision, revision_hash


def is_genuine(revision: Revision) -> bool:
    """Whether the stored words still hash to the stored hash."""
    return revision.sha256 == revision_hash(
        post_id=revision.post_id,
        number=revision.number,
        raw=revision.raw,
        author=revision.author,
        created_at=revision.created_at,
    )


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about revisions that does not match."""
    async for revision in queries.all_revisions(db):
        if not is_genuine(revision):
            yield f"revision {revision.id} (post {revision.post_id} number {revision.number}): hash differs"
    for post_id, problem in await queries.broken_words(db):
        yield f"post {post_id}: {problem}"
