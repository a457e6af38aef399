"""Receiving submissions. Whether they may be received is for the consultation to say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forum import clock
from forum.db import Database
from forum.files import actions as files
from forum.files.rules import Ending
from forum.sealed import Seal
from moderation.submissions import queries
from moderation.submissions.attachments import USED_BY, Attachment
from moderation.submissions.looking import look_sha256
from moderation.submissions.notes import (
    Forgotten,
    Late,
    about_hash,
    forgetting_hash,
    late_hash,
    withdrawal_hash,
)
from moderation.submissions.queries import attached, looks, passages
from moderation.submissions.receipts import new_receipt
from moderation.submissions.rules import Draft, Person, Submission, person_key, submission_hash


@dataclass(frozen=True, slots=True)
class Received:
    """What the submitter takes home."""

    id: int
    receipt: str
    sha256: str
    # It had been received before.
    again: bool = False


async def add(
    db: Database, seal: Seal, consultation_id: int, draft: Draft, receipt: str | None = None
) -> Received:
    """Keeps the words open and closes the person in an envelope. With the `receipt` that was made for the form, the same is
    received once, however often it comes. Call it inside a transaction."""
    if receipt and (known := await queries.submission(db, consultation_id, receipt)):
        if _is_same(seal, known, await queries.sealed(db, known.id), draft):
            return Received(known.id, known.receipt, known.sha256, again=True)
        receipt = None
    values = sealed(seal, consultation_id, draft, receipt or new_receipt(consultation_id))
    number = await queries.add(db, values)
    return Received(number, values["receipt"], values["sha256"])


def _is_same(seal: Seal, known: Submission, envelope: bytes | None, draft: Draft) -> bool:
    """Whether the same person says the same once more. Who took it back, or puts an address right, does not."""
    said = (known.channel, known.body, known.plan_section_id, known.account_id, known.revision_id)
    says = (draft.channel, draft.body, draft.plan_section_id, draft.account_id, draft.revision_id)
    return envelope is not None and said == says and _person(draft).items() <= seal.unseal(envelope).items()


def _person(draft: Draft) -> dict[str, Any]:
    return draft.person.model_dump(include=set(Person.model_fields), mode="json")


async def note_late(
    db: Database, taken: Received, *, considered: bool, reason: str, entered_by: int, now: datetime
) -> None:
    """Puts on record that it came too late. Call it inside the transaction that received it."""
    sha256 = late_hash(submission=taken.sha256, considered=considered, reason=reason, entered_at=now)
    await queries.add_late(db, Late(taken.id, considered, reason, now, sha256), entered_by)


async def note_look(db: Database, submission: Submission, account_id: int, reason: str) -> None:
    """Puts on record that somebody is shown who submitted. Call it inside the transaction that opens the envelope."""
    last, now = await looks.last_locked(db), clock.now()
    number = last.number + 1 if last else 1
    sha256 = look_sha256(
        number=number,
        submission=submission.sha256,
        account=account_id,
        reason=reason,
        looked_at=now,
        previous=last.sha256 if last else None,
    )
    await looks.add(
        db,
        number=number,
        submission_id=submission.id,
        account_id=account_id,
        reason=reason,
        looked_at=now,
        sha256=sha256,
    )


async def note_about(db: Database, taken: Received, plan_version: int, passage: int | None) -> None:
    """Puts on record of what it speaks. Call it inside the transaction that received it."""
    sha256 = about_hash(submission=taken.sha256, plan_version=plan_version, passage=passage)
    await passages.add(db, taken.id, plan_version=plan_version, passage=passage, sha256=sha256)


async def forget(
    db: Database, consultation_id: int, kept_days: int, now: datetime, people: Mapping[str, Mapping[str, int]]
) -> None:
    """Deletes who submitted, on record, and with them what came with their words and was not published: it may show them as
    well. `people` is what cannot be counted without their names, and was told. Call it inside a transaction."""
    unpublished = await attached.unpublished(db, consultation_id)
    await files.let_go(db, uses(unpublished), USED_BY, Ending.NAMES_FORGOTTEN)
    envelopes = await queries.forget(db, consultation_id)
    note = Forgotten(consultation_id, envelopes, kept_days, now, "", people)
    await queries.note_forgotten(db, replace(note, sha256=forgetting_hash(note)))


async def take_back(db: Database, submission: Submission, now: datetime) -> None:
    """Puts the withdrawal on record; the person and what came with the words go. Call it inside a transaction."""
    sha256 = withdrawal_hash(submission=submission.sha256, withdrawn_at=now)
    await queries.withdraw(db, submission.id, sha256=sha256, now=now)
    await queries.forget_one(db, submission.id)
    await files.let_go(db, uses(await attached.of(db, submission.id)), USED_BY, Ending.WITHDRAWN)


def uses(attachments: Iterable[Attachment]) -> list[tuple[int, int]]:
    return [(each.file_id, each.submission_id) for each in attachments]


async def add_all(
    db: Database, seal: Seal, consultation_id: int, drafts: Sequence[Draft], plan_versions: Sequence[int]
) -> None:
    """All of them, each with the version of the plan of which it speaks, or, if one fails, none.

    Call it inside a transaction.
    """
    rows = [sealed(seal, consultation_id, draft, new_receipt(consultation_id)) for draft in drafts]
    await queries.add_all(db, rows)
    await passages.add_all(
        db,
        [
            {
                "consultation_id": consultation_id,
                "receipt": row["receipt"],
                "plan_version": version,
                "sha256": about_hash(submission=row["sha256"], plan_version=version, passage=None),
            }
            for row, version in zip(rows, plan_versions, strict=True)
        ],
    )


def sealed(seal: Seal, consultation_id: int, draft: Draft, receipt: str) -> dict[str, Any]:
    return {
        "consultation_id": consultation_id,
        "receipt": receipt,
        "channel": draft.channel,
        "account_id": draft.account_id,
        "plan_section_id": draft.plan_section_id,
        "revision_id": draft.revision_id,
        "body": draft.body,
        # With the receipt: an envelope is of no use to another submission. And with the language in which to write to the person.
        "sealed": seal.seal(_person(draft) | {"receipt": receipt, "locale": draft.locale}),
        "person_key": person_key(seal, draft.person),
        "source_ref": draft.source_ref,
        "sha256": submission_hash(
            consultation_id=consultation_id,
            receipt=receipt,
            channel=draft.channel,
            plan_section_id=draft.plan_section_id,
            body=draft.body,
            received_at=draft.received_at,
        ),
        "received_at": draft.received_at,
    }
