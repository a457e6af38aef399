"""Recomputing what submissions promise: the hash on the receipt is the hash of the words."""

from collections.abc import AsyncIterator

from forum.db import Database
from moderation.submissions import queries
from moderation.submissions.rules import Submission, submission_hash


def is_genuine(submission: Submission) -> bool:
    return submission.sha256 == submission_hash(
        consultation_id=submission.consultation_id,
        receipt=submission.receipt,
        channel=submission.channel,
        plan_section_id=submission.plan_section_id,
        body=submission.body,
        received_at=submission.received_at,
    )


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every submission whose words are not those that were received."""
    async for submission in queries.every(db):
        if not is_genuine(submission):
            yield f"submission {submission.id} (receipt {submission.receipt}): hash differs"
