"""Recomputing what the procedure promises: requests and their steps say what they said, and none is missing in between."""

import hashlib
from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from moderation.reviews.placing import misplaced
from moderation.reviews.queries import recount
from moderation.reviews.targets import Target
from moderation.rights import queries
from moderation.rights.queries import checking
from moderation.rights.rules import Filed, document, step_document, waits_for_moderators


def request_hash(filed: Filed) -> str:
    return digest(document(filed, hashlib.sha256(filed.sealed).hexdigest()))


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about rights requests that does not match."""
    waiting = {}
    async for filed in checking.every(db):
        if filed.sha256 != request_hash(filed):
            yield f"rights request {filed.id}: altered: it says something else than its hash"
        previous = filed.sha256
        steps = await queries.steps(db, filed.id)
        if waits := waits_for_moderators(filed.filed_at, steps):
            waiting[filed.id] = waits
        for number, step in enumerate(steps, 1):
            if step.number != number or step.sha256 != digest(step_document(step, previous)):
                yield f"rights request {filed.id}: step {step.number} was altered, or what was before it"
            previous = step.sha256
    for line in await checking.unfounded(db):
        yield line
    for line in misplaced("rights request", waiting, await recount.items(db, Target.REQUEST)):
        yield line
