"""Recomputing what submissions promise: the hash on the receipt is the hash of the words, and the person is who it was."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.errors import Forbidden
from forum.sealed import Seal
from moderation.submissions import attachments, looking, queries
from moderation.submissions.notes import NotedLate, about_hash, forgetting_hash, late_hash, withdrawal_hash
from moderation.submissions.queries import attached, looks, passages
from moderation.submissions.rules import Envelope, Person, Submission, person_key, submission_hash


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
    for late in await queries.every_late(db):
        if wrong := _wrong_with_note(late):
            yield f"submission {late.submission_id}: {wrong}"
    for withdrawal in await queries.withdrawals(db):
        if withdrawal.sha256 != withdrawal_hash(
            submission=withdrawal.submission_sha256, withdrawn_at=withdrawal.withdrawn_at
        ):
            yield f"submission {withdrawal.submission_id}: its withdrawal has another hash"
    for about in await passages.every(db):
        if about.sha256 != about_hash(
            submission=about.submission_sha256, plan_version=about.plan_version, passage=about.passage
        ):
            yield f"submission {about.submission_id}: the note of what it speaks has another hash"
    for note in await queries.forgotten(db):
        if note.sha256 != forgetting_hash(note):
            yield f"consultation {note.consultation_id}: the note that names were deleted has another hash"
    for line in attachments.mismatches(await attached.every(db)):
        yield line
    for line in looking.mismatches(await looks.every(db)):
        yield line


def _wrong_with_note(note: NotedLate) -> str | None:
    """Of the note that a submission came after the period."""
    if note.sha256 != late_hash(
        submission=note.submission_sha256,
        considered=note.considered,
        reason=note.reason,
        entered_at=note.entered_at,
    ):
        return "the note that it came late has another hash"
    return "noted as late, and came in time" if note.received_at < note.closes_at else None


async def mismatches_under_seal(db: Database, seal: Seal) -> AsyncIterator[str]:
    """One line for every envelope that is not whole. What is in it is looked at by nobody, and never said."""
    async for envelope in queries.envelopes(db):
        if wrong := _wrong_with(envelope, seal):
            yield f"submission {envelope.id} (receipt {envelope.receipt}): {wrong}"


def _wrong_with(envelope: Envelope, seal: Seal) -> str | None:
    if envelope.sealed is None:
        return None if envelope.forgotten or envelope.withdrawn else "its envelope is gone"
    if envelope.forgotten:
        return "its envelope should be gone"
    try:
        content = seal.unseal(envelope.sealed)
    except Forbidden:
        return "its envelope does not open with this key"
    # Envelopes of the first release do not name their receipt.
    if content.pop("receipt", envelope.receipt) != envelope.receipt:
        return "its envelope is that of another submission"
    # As it was sealed: it is not judged anew by the rules for forms.
    if person_key(seal, Person.model_construct(**content)) != envelope.person_key:
        return "counts another person than the one in its envelope"
    return None
