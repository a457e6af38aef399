"""After the result: what the city does about an answer, year by year."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from forum import proof
from forum.i18n import N_
from forum.text import Paragraphs, Version, sized

REPORT_LIMIT = 2_000
# A fiscal year of Japan begins in April.
APRIL = 4


class Status(StrEnum):
    """How far something is."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    CHANGED = "changed"
    GIVEN_UP = "given_up"


STATUS_NAMES = {
    Status.PLANNED: N_("これから行う"),
    Status.UNDER_WAY: N_("進めている"),
    Status.DONE: N_("行った"),
    Status.CHANGED: N_("内容を変えて行う"),
    Status.GIVEN_UP: N_("行わないことにした"),
}
TONES = {
    Status.PLANNED: "info",
    Status.UNDER_WAY: "info",
    Status.DONE: "good",
    Status.CHANGED: "warn",
    Status.GIVEN_UP: "warn",
}


class NewReport(BaseModel):
    """What the section types; `number` is that of the newest report it saw, 0 for none. Every status says why or what."""

    number: Version
    status: Status
    year: Annotated[int, Field(ge=2000, le=2200)]
    body: Annotated[Paragraphs, sized(1, REPORT_LIMIT)]


@dataclass(frozen=True, slots=True)
class Report:
    """A report as stored."""

    group_id: int
    number: int
    status: str
    year: int
    body: str
    reported_at: datetime
    sha256: str


def report_sha256(
    *,
    answer: str,
    number: int,
    status: str,
    year: int,
    body: str,
    reported_at: datetime,
    previous: str | None,
) -> str:
    """Bind a report to the answer that it is about and to the report before it."""
    return proof.digest(
        {
            "answer": answer,
            "body": body,
            "number": number,
            "previous": previous,
            "status": status,
            "time": proof.moment(reported_at),
            "year": year,
        }
    )


def fiscal_year(day: datetime) -> int:
    return day.year if day.month >= APRIL else day.year - 1
