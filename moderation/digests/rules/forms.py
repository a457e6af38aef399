"""What the forms of digests accept."""

from datetime import datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, field_validator, model_validator

from forum.text import Day, Line, Paragraphs, RowId, Version, sized

TITLE_MAX = 80
GROUP_TITLE_MAX = 120
THEME_MAX = 80
SUMMARY_MAX = 8000
GROUP_SUMMARY_MAX = 2000
REASON_MAX = 200
SOUGHT_MAX = 100
# Where in a text, in characters.
Place = Annotated[int, Field(ge=0, lt=10_000_000)]


class Plan(BaseModel):
    """The form that starts a digest: what to read, and from when to when (days of the town, both included)."""

    title: Annotated[Line, sized(2, TITLE_MAX)]
    boards: list[RowId] = []
    topics: list[RowId] = []
    digests: list[RowId] = []
    consultation_id: RowId | None = None
    first_day: Day
    last_day: Day

    @field_validator("consultation_id", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None

    def period(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first moment of the first day to the first moment after the last."""
        midnight = time(tzinfo=zone)
        return (
            datetime.combine(self.first_day, midnight),
            datetime.combine(self.last_day + timedelta(days=1), midnight),
        )


class Sought(BaseModel):
    """Words to look for in the opinions of a digest."""

    q: Annotated[Line, sized(0, SOUGHT_MAX)] = ""


class Heading(BaseModel):
    """Title and summary of the whole."""

    title: Annotated[Line, sized(2, TITLE_MAX)]
    summary: Annotated[Paragraphs, sized(0, SUMMARY_MAX)] = ""
    version: Version


class Description(BaseModel):
    """Title and summary of a group."""

    title: Annotated[Line, sized(1, GROUP_TITLE_MAX)]
    # Left out, it stays as it is.
    theme: Annotated[Line, sized(0, THEME_MAX)] | None = None
    summary: Annotated[Paragraphs, sized(0, GROUP_SUMMARY_MAX)] = ""
    version: Version


class Sorting(BaseModel):
    """One act of the work bench on the chosen opinions or groups."""

    act: Literal[
        "confirm", "confirm_shown", "merge", "move", "split", "quote", "unquote", "set_aside", "bring_back"
    ]
    opinions: list[RowId] = []
    groups: list[RowId] = []
    # Instead of those that are chosen one by one: all that the search of the page finds.
    every_found: bool = False
    # The groups of the page, for the one act that means all of them.
    shown: list[RowId] = []
    to: RowId | None = None
    title: Annotated[Line, sized(0, GROUP_TITLE_MAX)] = ""
    reason: Annotated[Line, sized(0, REASON_MAX)] = ""
    note: Annotated[Line, sized(0, REASON_MAX)] = ""
    version: Version

    @model_validator(mode="after")
    def _the_whole_page(self) -> Self:
        if self.act == "confirm_shown":
            self.act, self.groups = "confirm", self.shown
        return self

    @field_validator("to", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None


class Cutting(BaseModel):
    """The words that an opinion is given: from one sentence to another, up to where it is to be split, or as selected."""

    start: Place | None = None
    end: Place | None = None
    at: Place | None = None
    selection: Annotated[str, Field(pattern=r"^(\d{1,7}-\d{1,7})?$")] = ""
    version: Version

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the opinion begins and ends from now on; it stood from `start` to `end`."""
        if self.at is not None:
            return start, self.at
        if self.selection:
            first, last = self.selection.split("-")
            return int(first), int(last)
        return (
            self.start if self.start is not None else start,
            self.end if self.end is not None else end,
        )


class Seen(BaseModel):
    version: Version


class Chosen(BaseModel):
    """Another digest, chosen to be taken in."""

    digest: RowId
