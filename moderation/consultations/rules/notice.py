"""What staff type to announce a procedure: its frame and the draft plan."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError

from forum.i18n import N_
from forum.text import EMPTY_IS_NONE, Day, Line, Moment, Paragraphs, RowId, fold, sized
from forum.wordings.rules import source_sha256
from moderation.consultations.rules.law import lawful_period, lawful_result_due
from moderation.consultations.rules.lifecycle import Consultation

PLAN_LIMIT = 100_000
HEADING_LIMIT = 120
# A line with one `#` begins a section of the plan; two or more are headings inside a section.
HEADING = re.compile(r"^#[ 　]+(\S.*?)\s*$", re.MULTILINE)


class Section(NamedTuple):
    """A part of the draft plan, in the order of its numbers."""

    heading: str
    body: str


def sections(plan: str) -> list[Section]:
    """The sections of a plan typed as one text."""
    _preface, *parts = HEADING.split(plan)
    return [Section(heading, body.strip()) for heading, body in zip(parts[::2], parts[1::2], strict=True)]


def as_text(plan: Iterable[tuple[str, str]]) -> str:
    """The inverse of `sections`, for the form."""
    return "\n\n".join(f"# {heading}\n\n{body}" for heading, body in plan)


def meant_by(headings: Iterable[str]) -> dict[str, int]:
    """Every name that means one section alone, folded, and its number from 1: that number, the heading, its first word."""
    meant: dict[str, set[int]] = defaultdict(set)
    for number, heading in enumerate(headings, 1):
        for name in (str(number), heading, *heading.split()[:1]):
            meant[fold(name)].add(number)
    return {name: numbers.pop() for name, numbers in meant.items() if len(numbers) == 1}


def check_plan(plan: str) -> str:
    if plan.strip() and not HEADING.match(plan.lstrip()):
        raise PydanticCustomError("plan", N_("最初の行を「# 」で始まる見出しにしてください。"))
    if any(len(section.heading) > HEADING_LIMIT for section in sections(plan)):
        raise PydanticCustomError("plan", N_("見出しは%(n)s文字以内にしてください。"), {"n": HEADING_LIMIT})
    return plan


# An empty field of a form is nothing, not an empty date or number.


class Notice(BaseModel):
    """The frame of a procedure. Times come from the form without a zone: that of the city is meant."""

    title: Annotated[Line, sized(1, 120)]
    summary: Annotated[Paragraphs, sized(1, 2000)]
    plain_summary: Annotated[Paragraphs, sized(0, 2000)] = ""
    # Of a plain summary that stays as it was: it says what the summary says now.
    plain_fits: Annotated[bool, BeforeValidator(lambda typed: typed in (True, "on"))] = False
    section_id: RowId
    opens_at: Moment
    closes_at: Moment
    short_period_reason: Annotated[Paragraphs, sized(0, 1000)] = ""
    result_due: Annotated[Day | None, EMPTY_IS_NONE] = None
    # Why dates that were announced are others now.
    moved_because: Annotated[Paragraphs, sized(0, 2000)] = ""
    plan: Annotated[Paragraphs, sized(0, PLAN_LIMIT), AfterValidator(check_plan)] = ""

    def plain_source(self, before: Consultation | None) -> str:
        """The hash of the summary from which the plain one was made: of this one, unless it alone was rewritten."""
        if before is None or self.plain_fits or self.plain_summary != before.plain_summary:
            return source_sha256(self.summary)
        return before.plain_source_sha256 or source_sha256(before.summary)

    def frame(self, zone: tzinfo) -> "Frame":
        return Frame(
            title=self.title,
            summary=self.summary,
            plain_summary=self.plain_summary,
            section_id=self.section_id,
            opens_at=self.opens_at.replace(tzinfo=zone),
            closes_at=self.closes_at.replace(tzinfo=zone),
            short_period_reason=self.short_period_reason,
            result_due=self.result_due,
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """What a notice says besides the draft itself."""

    title: str
    summary: str
    plain_summary: str
    section_id: int
    opens_at: datetime
    closes_at: datetime
    short_period_reason: str
    result_due: date | None

    def faults(self, zone: tzinfo) -> dict[str, str]:
        """One sentence for each field in which the law is not kept."""
        period = lawful_period(self.opens_at, self.closes_at, self.short_period_reason, zone)
        due = lawful_result_due(self.closes_at, self.result_due, zone)
        of_period = "closes_at" if self.closes_at <= self.opens_at else "short_period_reason"
        found = {of_period: period.reason, "result_due": due.reason}
        return {field: reason for field, reason in found.items() if reason is not None}
