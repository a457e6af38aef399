"""All SQL of easy wordings: versions that are only ever added."""

from collections.abc import Sequence
from datetime import datetime

from forum.db import Database, columns
from forum.wordings.rules import Kept, Wording


async def newest(db: Database, about: str, subject_ids: Sequence[int]) -> dict[int, Wording]:
    """By what they are about, those that there are."""
    found = await db.records(
        Wording,
        """
        select distinct on (subject_id) about, subject_id, number, body, source_sha256, written_at
        from easy_wordings where about = :about and subject_id = any(:ids) order by subject_id, number desc
        """,
        about=about,
        ids=list(subject_ids),
    )
    return {wording.subject_id: wording for wording in found}


async def every(db: Database) -> list[Kept]:
    """Those about one text in their order."""
    return await db.records(
        Kept, f"select {columns(Kept)} from easy_wordings order by about, subject_id, number"
    )


async def lock(db: Database) -> None:
    """One version after the other."""
    await db.run("lock table easy_wordings in share row exclusive mode")


async def add(
    db: Database,
    *,
    about: str,
    subject_id: int,
    number: int,
    body: str,
    source_sha256: str,
    written_by: int | None,
    now: datetime,
) -> None:
    await db.run(
        """
        insert into easy_wordings (about, subject_id, number, body, source_sha256, written_by, written_at)
        values (:about, :subject_id, :number, :body, :source_sha256, :written_by, :now)
        """,
        about=about,
        subject_id=subject_id,
        number=number,
        body=body,
        source_sha256=source_sha256,
        written_by=written_by,
        now=now,
    )
