"""Answers in other words: in plain Japanese and in English. What the city answered is the original."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel

from forum import proof
from forum.i18n import N_
from forum.text import Paragraphs, Version, sized
from moderation.consultations.rules.reply import REPLY_LIMIT


class Language(StrEnum):
    """Into what an answer is put."""

    PLAIN = "plain"
    ENGLISH = "en"


LANGUAGE_NAMES = {Language.PLAIN: N_("やさしい日本語"), Language.ENGLISH: N_("英語")}


class NewVariant(BaseModel):
    """What a clerk types; `number` is that of the version in this language that was seen, 0 for none."""

    number: Version
    language: Language
    body: Annotated[Paragraphs, sized(1, REPLY_LIMIT)]


@dataclass(frozen=True, slots=True)
class Variant:
    """The newest version in one language."""

    group_id: int
    language: str
    number: int
    body: str
    source_sha256: str
    written_at: datetime

    def is_stale(self, body: str, reason: str) -> bool:
        """Whether the answer says something else by now, be it only the number of another group."""
        return self.source_sha256 != source_sha256(body, reason)


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as it is on record; the database hashes it with the one before in its language."""

    group_id: int
    language: str
    number: int
    body: str
    source_sha256: str
    written_by: int
    written_at: datetime
    sha256: str


def document(kept: Kept, before: str) -> dict[str, object]:
    """What the hash of a version is made of (docs/provenance.md); `before`: the hash of the one before, or nothing."""
    return {
        "before": before,
        "body": kept.body,
        "group": kept.group_id,
        "language": kept.language,
        "number": kept.number,
        "person": kept.written_by,
        "source": kept.source_sha256,
        "time": proof.moment(kept.written_at),
    }


def source_sha256(body: str, reason: str) -> str:
    """Of the words as they are read."""
    return proof.digest({"body": body, "reason": reason})
