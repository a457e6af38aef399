"""Answers in other languages: versions that are only ever added."""

from datetime import datetime

from forum.db import Database, columns
from moderation.consultations.rules.variants import Kept, Variant


async def newest_of_digest(db: Database, digest_id: int) -> list[Variant]:
    """The newest version of each group in each language, plain Japanese first."""
    return await db.records(
        Variant,
        """
        select distinct on (v.group_id, v.language) v.group_id, v.language, v.number, v.body, v.source_sha256,
            v.written_at
        from answer_variants v join opinion_groups g on g.id = v.group_id
        where g.digest_id = :id order by v.group_id, v.language desc, v.number desc
        """,
        id=digest_id,
    )


async def every(db: Database) -> list[Kept]:
    """Those of one group in one language in their order."""
    return await db.records(
        Kept, f"select {columns(Kept)} from answer_variants order by group_id, language, number"
    )


async def add(
    db: Database,
    *,
    group_id: int,
    language: str,
    number: int,
    body: str,
    source_sha256: str,
    written_by: int,
    now: datetime,
) -> None:
    await db.run(
        """
        insert into answer_variants (group_id, language, number, body, source_sha256, written_by, written_at)
        values (:group_id, :language, :number, :body, :source_sha256, :written_by, :now)
        """,
        group_id=group_id,
        language=language,
        number=number,
        body=body,
        source_sha256=source_sha256,
        written_by=written_by,
        now=now,
    )
