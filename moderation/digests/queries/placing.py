"""Every change of what becomes of an opinion."""

from collections.abc import Sequence
from typing import Any

from forum.db import Database


async def add(db: Database, rows: list[dict[str, Any]]) -> None:
    await db.run_many(
        """
        insert into opinions (digest_id, revision_id, submission_id, start_at, end_at, text, sha256, masked_by,
            part, kind, evidence, disposition, group_id, representative, set_aside_reason, position)
        values (:digest_id, :revision_id, :submission_id, :start_at, :end_at, :text, :sha256, :masked_by,
            :part, :kind, :evidence, :disposition, :group_id, :representative, :reason, :position)
        """,
        rows,
    )


async def mark_copies(db: Database, digest_id: int, copies: list[int], originals: list[int]) -> None:
    """By position within the digest."""
    await db.run(
        """
        update opinions o set copy_of = f.id
        from unnest(cast(:copies as int[]), cast(:originals as int[])) as c (copy, original)
            join opinions f on f.digest_id = :id and f.position = c.original
        where o.digest_id = :id and o.position = c.copy
        """,
        id=digest_id,
        copies=copies,
        originals=originals,
    )


async def recut(
    db: Database,
    opinion_id: int,
    *,
    revision_id: int,
    start_at: int,
    end_at: int,
    sha256: str,
    masked_by: Sequence[int],
) -> None:
    """The same words in a newer revision, or shown otherwise."""
    await db.run(
        """
        update opinions set revision_id = :revision_id, start_at = :start_at, end_at = :end_at, sha256 = :sha256,
            masked_by = :masked_by
        where id = :id
        """,
        id=opinion_id,
        revision_id=revision_id,
        start_at=start_at,
        end_at=end_at,
        sha256=sha256,
        masked_by=list(masked_by),
    )


async def remove(db: Database, ids: list[int]) -> None:
    await db.run("delete from opinions where id = any(:ids)", ids=ids)


async def drafts_with(db: Database, submission_id: int) -> list[int]:
    """The drafts in which words of the submission stand."""
    rows = await db.rows(
        """
        select distinct d.id from opinions o join digests d on d.id = o.digest_id
        where o.submission_id = :id and d.state <> 'published' order by d.id
        """,
        id=submission_id,
    )
    return [row["id"] for row in rows]


async def of_submission(db: Database, digest_id: int, submission_id: int) -> list[int]:
    rows = await db.rows(
        "select id from opinions where digest_id = :digest_id and submission_id = :id order by id",
        digest_id=digest_id,
        id=submission_id,
    )
    return [row["id"] for row in rows]


async def place(db: Database, ids: list[int], group_id: int) -> None:
    """Into the group, by decision; not quoted unless chosen."""
    await db.run(
        """
        update opinions set group_id = :group_id, representative = false, disposition = 'merged',
            set_aside_reason = null, part = 'opinion'
        where id = any(:ids)
        """,
        ids=ids,
        group_id=group_id,
    )


async def suggest(db: Database, digest_id: int, group_id: int, positions: list[int]) -> None:
    """A place that nobody has decided on yet."""
    await db.run(
        """
        update opinions set group_id = :group_id
        where digest_id = :id and position = any(:positions) and disposition = 'undecided' and part = 'opinion'
        """,
        id=digest_id,
        group_id=group_id,
        positions=positions,
    )


async def quote(db: Database, ids: list[int], quoted: bool) -> None:
    """Chooses whether confirmed and suggested opinions of groups stand for their group."""
    await db.run(
        """
        update opinions set representative = :quoted, disposition = case
            when disposition = 'undecided' then 'undecided' when :quoted then 'used' else 'merged' end
        where id = any(:ids) and group_id is not null
        """,
        ids=ids,
        quoted=quoted,
    )


async def set_aside(db: Database, ids: list[int], reason: str) -> None:
    await db.run(
        """
        update opinions set disposition = 'set_aside', set_aside_reason = :reason, group_id = null,
            representative = false
        where id = any(:ids)
        """,
        ids=ids,
        reason=reason,
    )


async def bring_back(db: Database, ids: list[int]) -> None:
    """To be decided again, as an opinion whatever it was taken for."""
    await db.run(
        """
        update opinions set disposition = 'undecided', set_aside_reason = null, group_id = null,
            representative = false, part = 'opinion'
        where id = any(:ids)
        """,
        ids=ids,
    )
