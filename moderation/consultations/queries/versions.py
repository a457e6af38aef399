"""The versions of a draft plan that people could read and answer to; rows are only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.db import Database, columns
from moderation.consultations.rules.notice import Section


@dataclass(frozen=True, slots=True)
class Version:
    """One version, whole. `reason` is empty for the first."""

    number: int
    sections: list[dict[str, str]]
    reason: str
    made_at: datetime
    sha256: str

    @property
    def parts(self) -> list[Section]:
        return [Section(part["heading"], part["body"]) for part in self.sections]


async def of(db: Database, consultation_id: int) -> list[Version]:
    """All versions, the first one first; none as long as there is only what the period began with."""
    return await db.records(
        Version,
        f"select {columns(Version)} from plan_versions where consultation_id = :id order by number",
        id=consultation_id,
    )


async def newest(db: Database, consultation_id: int) -> int:
    """The number of the version that people read now."""
    number: int = await db.value(
        "select coalesce(max(number), 1) from plan_versions where consultation_id = :id", id=consultation_id
    )
    return number


def in_force(kept: Sequence[Version], moment: datetime) -> int:
    """The number of the version that people could read then."""
    return max((version.number for version in kept if version.made_at <= moment), default=1)


def holding(kept: Sequence[Version], number: int, position: int | None) -> int:
    """That version, or the first after it which has the section: a form may be older than what is chosen on it."""
    return next(
        (one.number for one in kept if one.number >= number and len(one.sections) >= (position or 0)), number
    )


async def add(db: Database, consultation_id: int, version: Version, made_by: int | None) -> None:
    await db.run(
        """
        insert into plan_versions (consultation_id, number, sections, reason, made_by, made_at, sha256)
        values (:consultation_id, :number, :sections, :reason, :made_by, :made_at, :sha256)
        """,
        consultation_id=consultation_id,
        number=version.number,
        sections=version.sections,
        reason=version.reason,
        made_by=made_by,
        made_at=version.made_at,
        sha256=version.sha256,
    )
