"""催しと講座、まちの団体: what staff and facilitators enter for everybody, and who may change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from itertools import groupby
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Ruling, can_speak
from forum.clock import last_moment
from forum.i18n import N_, _
from forum.text import EMPTY_IS_NONE, Line, Moment, Paragraphs, Version, sized

OCCASIONS_SHOWN = 200
OCCASIONS_ON_HOME = 4
GROUPS_SHOWN = 500
ABOUT_MAX = 600


class Kind(StrEnum):
    EVENT = "event"
    COURSE = "course"


KIND_NAMES = {Kind.EVENT: N_("催し"), Kind.COURSE: N_("講座")}


def _web_address(typed: str) -> str:
    """A page of the web, or nothing."""
    try:
        parts = urlsplit(typed)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        whole = False
    if typed and (not whole or any(letter.isspace() for letter in typed)):
        raise PydanticCustomError("address", N_("https:// で始まるアドレスを入れてください。"))
    return typed


Link = Annotated[Line, sized(0, 300), AfterValidator(_web_address)]


class OccasionForm(BaseModel):
    """An event or a course as typed. Times come without a zone: that of the town is meant."""

    kind: Kind
    title: Annotated[Line, sized(1, 80)]
    starts_at: Moment
    ends_at: Annotated[Moment | None, EMPTY_IS_NONE] = None
    place: Annotated[Line, sized(1, 120)]
    host: Annotated[Line, sized(1, 80)]
    about: Annotated[Paragraphs, sized(0, ABOUT_MAX)] = ""
    link: Link = ""
    cancelled: bool = False
    version: Version = 0

    @field_validator("ends_at")
    @classmethod
    def _ends_after_it_starts(cls, end: datetime | None, given: ValidationInfo) -> datetime | None:
        start: datetime | None = given.data.get("starts_at")
        if start and end and end.replace(tzinfo=None) <= start.replace(tzinfo=None):
            raise PydanticCustomError("order", N_("終わりは、始まりよりあとにしてください。"))
        return end

    def span(self, zone: tzinfo) -> tuple[datetime, datetime | None]:
        return self.starts_at.replace(tzinfo=zone), self.ends_at and self.ends_at.replace(tzinfo=zone)


class GroupForm(BaseModel):
    """A group as typed: its contact is one that it wants everybody to know."""

    name: Annotated[Line, sized(1, 80)]
    about: Annotated[Paragraphs, sized(1, ABOUT_MAX)]
    contact: Annotated[Line, sized(0, 120)] = ""
    link: Link = ""
    unlisted: bool = False
    version: Version = 0


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event or a course. `section_name`: of whoever entered it; None: a facilitator."""

    id: int
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime | None
    place: str
    host: str
    about: str
    link: str
    cancelled: bool
    version: int
    entered_by: int
    section_name: str | None
    section_name_en: str | None


@dataclass(frozen=True, slots=True)
class End:
    """The end of a phase of a discussion."""

    topic_id: int
    title: str
    place: int
    phase: str
    # The first moment that is too late.
    ends_at: datetime

    @property
    def until(self) -> datetime:
        """The last moment that is in time."""
        return last_moment(self.ends_at)


@dataclass(frozen=True, slots=True)
class Group:
    """A citizens' group or NPO."""

    id: int
    name: str
    about: str
    contact: str
    link: str
    unlisted: bool
    version: int
    entered_by: int


def can_enter(actor: Actor) -> Ruling:
    """Staff, and residents who look after a board."""
    if not (ruling := can_speak(actor)):
        return ruling
    if actor.is_staff or actor.is_moderator or actor.facilitates_boards:
        return ALLOWED
    return Ruling(_("市の職員と、会議室の世話人・審査の担当者が載せられます。"))


def can_change(actor: Actor, entered_by: int) -> Ruling:
    """Staff keep the whole list in order; others what they entered."""
    if not (ruling := can_enter(actor)):
        return ruling
    if actor.is_staff or actor.wrote(entered_by):
        return ALLOWED
    return Ruling(_("載せた人と市の職員だけが直せます。"))


def by_month(occasions: Sequence[Occasion], zone: tzinfo) -> list[tuple[datetime, list[Occasion]]]:
    """Each month with something in it, as its first such moment in the town."""
    local = [(one.starts_at.astimezone(zone), one) for one in occasions]
    months = groupby(local, key=lambda pair: (pair[0].year, pair[0].month))
    found = [list(pairs) for _month, pairs in months]
    return [(pairs[0][0], [one for _start, one in pairs]) for pairs in found]
