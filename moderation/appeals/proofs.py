"""Recomputing what appeals promise: each says what was filed, was judged by somebody else, and waits until then."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from moderation.appeals import queries
from moderation.appeals.queries import checking
from moderation.appeals.rules import document, stands
from moderation.reviews.placing import misplaced
from moderation.reviews.queries import recount
from moderation.reviews.targets import Target


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about appeals that does not match."""
    waiting = {}
    async for appeal in checking.every(db):
        contested = await queries.contested(db, appeal.decision_id) if appeal.open else None
        if contested and stands(contested):
            waiting[appeal.id] = (appeal.filed_at, appeal.due_at)
        if appeal.sha256 != digest(document(appeal, appeal.decision_sha256)):
            yield f"appeal {appeal.id}: altered: it says something else than its hash"
    for line in await checking.unfounded(db):
        yield line
    for line in misplaced("appeal", waiting, await recount.items(db, Target.APPEAL)):
        yield line
