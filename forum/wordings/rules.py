"""The town's own words in やさしい日本語: what boards are about, the rules of the room, answers of the city to discussions. The
original is what holds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel

from forum import proof
from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.i18n import _
from forum.text import Chosen, Paragraphs, Version, sized

WORDING_MAX = 2000


class About(StrEnum):
    BOARD = "board"
    RULE = "rule"
    ANSWER = "answer"


class NewWording(BaseModel):
    """What somebody types; `number` is that of the version that they saw, 0 for none. `source` is the hash of the original that
    their page showed, nothing where they saw no page."""

    number: Version
    source: Chosen = ""
    body: Annotated[Paragraphs, sized(1, WORDING_MAX)]


@dataclass(frozen=True, slots=True)
class Wording:
    """The newest version of one text."""

    about: str
    subject_id: int
    number: int
    body: str
    source_sha256: str
    written_at: datetime

    def is_stale(self, source: str) -> bool:
        """Whether the original says something else by now: then nobody is shown these words."""
        return self.source_sha256 != source_sha256(source)


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as it is on record; the database hashes it with the one before."""

    about: str
    subject_id: int
    number: int
    body: str
    source_sha256: str
    written_by: int
    written_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """A text of the town that may be said in easy words, and how that stands."""

    about: About
    subject_id: int
    title: str
    title_en: str
    text: str
    wording: Wording | None = None

    @property
    def sha256(self) -> str:
        return source_sha256(self.text)

    @property
    def is_stale(self) -> bool:
        return self.wording is not None and self.wording.is_stale(self.text)


def source_sha256(source: str) -> str:
    return proof.digest({"body": source})


def document(kept: Kept, before: str) -> dict[str, object]:
    """What the hash of a version is made of (docs/provenance.md); `before`: the hash of the one before, or nothing."""
    return {
        "about": kept.about,
        "before": before,
        "body": kept.body,
        "number": kept.number,
        "person": kept.written_by,
        "source": kept.source_sha256,
        "subject": kept.subject_id,
        "time": proof.moment(kept.written_at),
    }


def can_reword(actor: Actor) -> Ruling:
    """The town's words are its staff's to explain."""
    if not (ruling := can_take_part(actor)):
        return ruling
    return ALLOWED if actor.is_staff else Ruling(_("市の職員だけができます。"))
