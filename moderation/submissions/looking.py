"""Who looked at a name under the seal, when and why. Every look is bound to the one before it, in one chain for the town."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel

from forum import proof
from forum.text import Line, sized

REASON_LIMIT = 200


class Reason(BaseModel):
    """Why somebody has to know who submitted."""

    why: Annotated[Line, sized(1, REASON_LIMIT)]


@dataclass(frozen=True, slots=True)
class Look:
    """A look as stored, with whose it was and the hash of the words whose author was looked at."""

    number: int
    submission_id: int
    submission_sha256: str
    account_id: int
    reason: str
    looked_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class ShownLook:
    """The same for those who may see the log."""

    number: int
    consultation_id: int
    title: str
    receipt: str
    pen_name: str
    reason: str
    looked_at: datetime


def look_sha256(
    *, number: int, submission: str, account: int, reason: str, looked_at: datetime, previous: str | None
) -> str:
    """`submission` is the hash of the words, `previous` that of the look before."""
    return proof.digest(
        {
            "account": account,
            "number": number,
            "previous": previous,
            "reason": reason,
            "submission": submission,
            "time": proof.moment(looked_at),
        }
    )


def mismatches(looks: Iterable[Look]) -> Iterator[str]:
    """One line for every look, in their order, that is not the one that was written down."""
    previous = None
    for number, look in enumerate(looks, 1):
        expected = look_sha256(
            number=number,
            submission=look.submission_sha256,
            account=look.account_id,
            reason=look.reason,
            looked_at=look.looked_at,
            previous=previous,
        )
        if look.number != number or look.sha256 != expected:
            yield f"look {look.number} at a submitter was altered, or one before it"
        previous = look.sha256
