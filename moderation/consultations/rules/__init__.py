"""The rules of public comment: its life, the law of its notice, when its answers are complete."""

from moderation.consultations.rules.completeness import (
    Answering,
    Category,
    can_publish,
    gaps,
    misquotes,
    missing,
)
from moderation.consultations.rules.law import (
    FULL_PERIOD,
    can_announce,
    days,
    faults_of_announced,
    lawful_period,
    lawful_result_due,
    needs_reason,
)
from moderation.consultations.rules.lifecycle import (
    STATE_NAMES,
    Act,
    Consultation,
    State,
    can,
    can_create,
    can_enter,
    can_follow,
    can_see,
    is_late,
    runs,
)

__all__ = [
    "FULL_PERIOD",
    "STATE_NAMES",
    "Act",
    "Answering",
    "Category",
    "Consultation",
    "State",
    "can",
    "can_announce",
    "can_create",
    "can_enter",
    "can_follow",
    "can_publish",
    "can_see",
    "days",
    "faults_of_announced",
    "gaps",
    "is_late",
    "lawful_period",
    "lawful_result_due",
    "misquotes",
    "missing",
    "needs_reason",
    "runs",
]
