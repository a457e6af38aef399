"""What is noted about submissions once they are received: of what it
speaks, that it came late, was taken back, is nameless by now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from forum import proof


@dataclass(frozen=True, slots=True)
class Late:
    """That a submission arrived after the period, and whether it is considered."""

    submission_id: int
    considered: bool
    reason: str
    entered_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class NotedLate:
    """The same beside what it rests on."""

    submission_id: int
    considered: bool
    reason: str
    entered_at: datetime
    sha256: str
    submission_sha256: str
    received_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """Of what a submission speaks: the version of the plan that its author read, and a passage of it, if one was chosen."""

    submission_id: int
    plan_version: int
    passage: int | None
    sha256: str
    submission_sha256: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a submission was taken back; `submission_sha256` is the hash of its words."""

    submission_id: int
    withdrawn_at: datetime
    sha256: str
    submission_sha256: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """That the names of a consultation are gone: how many there were, and how long after its end."""

    consultation_id: int
    envelopes: int
    kept_days: int
    forgotten_at: datetime
    sha256: str
    # Of published digests that also hold submissions to other consultations: how many people they were told to have.
    people: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def late_hash(*, submission: str, considered: bool, reason: str, entered_at: datetime) -> str:
    """The hash of the note that a submission came too late: `submission` is the hash of its words."""
    return proof.digest(
        {
            "considered": considered,
            "reason": reason,
            "submission": submission,
            "time": proof.moment(entered_at),
        }
    )


def about_hash(*, submission: str, plan_version: int, passage: int | None) -> str:
    """The hash of the note of what a submission speaks: `submission` is the hash of its words."""
    return proof.digest({"passage": passage, "submission": submission, "version": plan_version})


def withdrawal_hash(*, submission: str, withdrawn_at: datetime) -> str:
    """The hash of a withdrawal: `submission` is the hash of the words that were taken back."""
    return proof.digest({"submission": submission, "time": proof.moment(withdrawn_at)})


def forgetting_hash(note: Forgotten) -> str:
    """The hash of the note that names were deleted."""
    return proof.digest(
        {
            "consultation": note.consultation_id,
            "days": note.kept_days,
            "envelopes": note.envelopes,
            "time": proof.moment(note.forgotten_at),
            **({"people": note.people} if note.people else {}),
        }
    )
