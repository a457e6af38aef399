"""How a running period is prolonged. A period that has ended stays ended: it would be another procedure."""

from datetime import date, datetime, tzinfo
from typing import Annotated

from pydantic import BaseModel

from forum.i18n import _
from forum.text import EMPTY_IS_NONE, Day, Moment, Paragraphs, sized
from moderation.consultations.rules.law import lawful_result_due
from moderation.consultations.rules.lifecycle import Consultation

REASON_LIMIT = 2000


class Extension(BaseModel):
    """The new end, typed in the zone of the city, and why; the result may be promised for another day."""

    closes_at: Moment
    extended_due: Annotated[Day | None, EMPTY_IS_NONE] = None
    extended_because: Annotated[Paragraphs, sized(1, REASON_LIMIT)]

    def faults(self, consultation: Consultation, zone: tzinfo) -> dict[str, str]:
        """One sentence for each field that cannot be accepted."""
        due = lawful_result_due(self.end(zone), self.due(consultation), zone)
        later = self.end(zone) > consultation.closes_at
        found = {
            "closes_at": None if later else _("いまの締め切りより後にしてください。"),
            "extended_due": due.reason,
        }
        return {field: reason for field, reason in found.items() if reason is not None}

    def due(self, consultation: Consultation) -> date | None:
        """When the result is expected: as promised, unless another day was given."""
        return self.extended_due or consultation.result_due

    def end(self, zone: tzinfo) -> datetime:
        return self.closes_at.replace(tzinfo=zone)
