"""The published dates of a procedure, and how a change moves them."""

from dataclasses import dataclass
from datetime import date, datetime

from moderation.consultations.rules.lifecycle import Consultation

# What a change is called that moves them before the period begins.
RESCHEDULE = "reschedule"


@dataclass(frozen=True, slots=True)
class Dates:
    """Before a change and after it. Of the beginning and of the result null where they stay."""

    closed_at: datetime
    closes_at: datetime
    opened_at: datetime | None = None
    opens_at: datetime | None = None
    due_before: date | None = None
    due_after: date | None = None

    @property
    def any(self) -> bool:
        """Whether one of them is another now."""
        return self.closed_at != self.closes_at or self.opens_at is not None or self.moves_result

    @property
    def moves_result(self) -> bool:
        return self.due_before != self.due_after

    def told(self) -> dict[str, str]:
        """As its notice and its mail say what was moved besides the end."""
        found = {"closed_at": self.closed_at.isoformat()}
        if self.opened_at and self.opens_at:
            found |= {"opened_at": self.opened_at.isoformat(), "opens_at": self.opens_at.isoformat()}
        if self.moves_result:
            found |= {"due_before": iso(self.due_before), "due_after": iso(self.due_after)}
        return found


def moved(before: Consultation, after: Consultation) -> Dates:
    """Which of its published dates a change moves."""
    begins = before.opens_at != after.opens_at
    result = before.result_due != after.result_due
    return Dates(
        closed_at=before.closes_at,
        closes_at=after.closes_at,
        opened_at=before.opens_at if begins else None,
        opens_at=after.opens_at if begins else None,
        due_before=before.result_due if result else None,
        due_after=after.result_due if result else None,
    )


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""
