"""Recomputing what the procedure promises: requests and their steps say what they said, and none is missing in between."""

import hashlib
from collections.abc import AsyncIterator, Iterator

from forum.db import Database
from forum.errors import Forbidden
from forum.proof import digest
from forum.sealed import Seal
from moderation.reviews.placing import misplaced
from moderation.reviews.queries import recount
from moderation.reviews.targets import Target
from moderation.rights import queries
from moderation.rights.queries import checking, keeping
from moderation.rights.rules import (
    Filed,
    Forgotten,
    document,
    forgetting_document,
    step_document,
    waits_for_moderators,
)


def envelope_hash(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


def request_hash(filed: Filed, envelope: str) -> str:
    return digest(document(filed, envelope))


def problems_of(filed: Filed, note: Forgotten | None) -> Iterator[str]:
    """What is wrong with a request, and with the note that its envelope is deleted."""
    if note and note.sha256 != digest(forgetting_document(note)):
        yield "the note that its envelope is gone was altered"
    if filed.sealed is None and note is None:
        yield "its envelope is gone"
        return
    if filed.sealed is not None and note is not None:
        yield "its envelope should be gone"
    envelope = envelope_hash(filed.sealed) if filed.sealed is not None else note and note.envelope
    if filed.sha256 != request_hash(filed, envelope or ""):
        yield "altered: it says something else than its hash"


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about rights requests that does not match."""
    waiting, forgotten = {}, await keeping.forgotten(db)
    async for filed in checking.every(db):
        for problem in problems_of(filed, forgotten.get(filed.id)):
            yield f"rights request {filed.id}: {problem}"
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


async def mismatches_under_seal(db: Database, seal: Seal) -> AsyncIterator[str]:
    """One line for every envelope that does not open, or is that of another request. Nobody looks at what else is in it."""
    async for filed in checking.every(db):
        if filed.sealed is None:
            continue
        try:
            if seal.unseal(filed.sealed)["receipt"] != filed.receipt:
                yield f"rights request {filed.id}: its envelope is that of another request"
        except Forbidden:
            yield f"rights request {filed.id}: its envelope does not open with this key"
