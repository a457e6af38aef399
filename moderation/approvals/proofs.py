"""Recomputing what approvals promise: two people, exactly what was published, and nothing altered since."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest, written
from moderation.approvals import queries
from moderation.approvals.rules import document, end_document, switch_document, use_document


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about approvals that does not match."""
    async for approval in queries.every(db):
        if approval.sha256 != digest(document(approval)):
            yield f"approval {approval.id}: altered: it says something else than its hash"
        ended = written(
            approval.outcome, approval.ended_by, approval.answer, approval.ended_at, approval.end_sha256
        )
        if ended and approval.end_sha256 != digest(end_document(approval)):
            yield f"approval {approval.id}: ended otherwise than its hash says"
    for use in await queries.uses(db):
        if use.sha256 != digest(use_document(use, use.end_sha256)):
            yield f"approval {use.approval_id}: was used for something else than its hash says"
    async for switched in queries.every_switch(db):
        if switched.sha256 != digest(switch_document(switched)):
            yield f"approval switch {switched.id}: altered: it says something else than its hash"
    for line in await queries.unapproved(db):
        yield line
