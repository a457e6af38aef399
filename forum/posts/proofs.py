"""Recomputing what posts promise: every revision hashes to what it says, and a post shows its newest one."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.markup import EDITION
from forum.posts.queries import renderings, revisions
from forum.posts.rendering import rendered
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


async def waiting(db: Database) -> dict[str, int]:
    """What cannot be compared yet, in the words of `forum verify`."""
    number = await renderings.count_of_editions_before(db, EDITION)
    return {"posts that wait to be rendered anew": number} if number else {}


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about posts and their revisions that does not match."""
    async for revision in revisions.all_revisions(db):
        if not is_genuine(revision):
            yield f"revision {revision.id} (post {revision.post_id}, number {revision.number}): hash differs"
    async for words in renderings.every(db):
        # What other markup made is no other words; it is rendered anew within the hour.
        if words.edition == EDITION and words.html != rendered(words.raw, words.passages, words.called):
            yield f"post {words.id}: shows other words than its revision"
    for post_id, sha256 in await revisions.unlinked(db):
        yield f"post {post_id}: does not know that it shows the file {sha256}"
    for post_id, what in await revisions.broken(db):
        yield f"post {post_id}: {what}"
    for revision_id, post_id in await revisions.stray_revisions(db):
        yield f"revision {revision_id}: its post {post_id} is gone"
