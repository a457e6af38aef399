"""Recomputing what posts promise: every revision hashes to what it says, and a post shows its newest one."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.markup import to_html
from forum.posts.masking import masked
from forum.posts.queries import revisions
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
    """One line for everything about posts and their revisions that does not match."""
    async for revision in revisions.all_revisions(db):
        if not is_genuine(revision):
            yield f"revision {revision.id} (post {revision.post_id}, number {revision.number}): hash differs"
    async for words in revisions.all_words(db):
        if words.html != to_html(masked(words.raw, words.passages)):
            yield f"post {words.id}: shows other words than its revision"
    for post_id, sha256 in await revisions.unlinked(db):
        yield f"post {post_id}: does not know that it shows the file {sha256}"
    for post_id, what in await revisions.broken(db):
        yield f"post {post_id}: {what}"
    for revision_id, post_id in await revisions.stray_revisions(db):
        yield f"revision {revision_id}: its post {post_id} is gone"
