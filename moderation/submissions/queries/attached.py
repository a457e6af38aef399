"""The files that came with submissions."""

from datetime import datetime

from forum.db import Database
from moderation.submissions.attachments import Attachment

ATTACHMENT = """
select a.submission_id, s.sha256 as submission_sha256, a.file_id, f.sha256 as file_sha256, f.kind, f.bytes, f.width,
    f.height, a.attached_at, a.sha256, a.published_at, w.submission_id is not null as withdrawn,
    e.file_id is not null as deleted
from submission_files a join submissions s on s.id = a.submission_id join files f on f.id = a.file_id
    left join submission_withdrawals w on w.submission_id = s.id
    left join ended_file_uses e on e.file_id = a.file_id and e.used_by = 'submission' and e.subject_id = s.id
"""
IN_ORDER = " order by a.submission_id, a.attached_at, a.file_id"


async def of(db: Database, submission_id: int) -> list[Attachment]:
    return await db.records(Attachment, ATTACHMENT + "where s.id = :id" + IN_ORDER, id=submission_id)


async def of_consultation(db: Database, consultation_id: int) -> list[Attachment]:
    return await db.records(
        Attachment, ATTACHMENT + "where s.consultation_id = :id" + IN_ORDER, id=consultation_id
    )


async def unpublished(db: Database, consultation_id: int) -> list[Attachment]:
    """Those that the result does not show, or for which there is no result."""
    return await db.records(
        Attachment,
        ATTACHMENT
        + """
        where s.consultation_id = :id and (a.published_at is null
            or not exists (select from consultations c where c.id = s.consultation_id and c.state = 'published'))
        """
        + IN_ORDER,
        id=consultation_id,
    )


async def among(db: Database, sha256: str, submission_ids: list[int]) -> list[tuple[Attachment, int]]:
    """Where these submissions have the file with these bytes; each with its consultation."""
    rows = await db.records(
        Attachment,
        ATTACHMENT + "where f.sha256 = :sha256 and s.id = any(:ids)" + IN_ORDER,
        sha256=sha256,
        ids=submission_ids,
    )
    found = await db.rows(
        "select id, consultation_id from submissions where id = any(:ids)", ids=submission_ids
    )
    of = {row["id"]: row["consultation_id"] for row in found}
    return [(row, of[row.submission_id]) for row in rows]


async def every(db: Database) -> list[Attachment]:
    return await db.records(Attachment, ATTACHMENT + IN_ORDER)


async def add(db: Database, *, submission_id: int, file_id: int, now: datetime, sha256: str) -> None:
    await db.run(
        """
        insert into submission_files (submission_id, file_id, attached_at, sha256)
        values (:submission_id, :file_id, :now, :sha256)
        """,
        submission_id=submission_id,
        file_id=file_id,
        now=now,
        sha256=sha256,
    )


async def publish(db: Database, submission_id: int, file_id: int, *, at: datetime | None, by: int) -> None:
    """Shows the file to everybody; with no moment, to nobody but the section."""
    await db.run(
        """
        update submission_files set published_at = :at, published_by = :by
        where submission_id = :submission_id and file_id = :file_id
        """,
        submission_id=submission_id,
        file_id=file_id,
        at=at,
        by=by,
    )
