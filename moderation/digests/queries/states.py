"""A digest as its history knows it: heading, groups, and where every opinion stands; read whole, and put back."""

from collections.abc import Mapping
from typing import Any

from forum.db import Database
from moderation.digests.changes import GROUPS, HEADINGS, OPINIONS, Row, State

SELECTS = {
    HEADINGS: "select id, title, summary from digests where id = :id",
    GROUPS: "select id, position, title, summary, theme, plan_section_id from opinion_groups where digest_id = :id",
    OPINIONS: """
        select id, revision_id, submission_id, start_at, end_at, sha256, masked_by, part, kind, disposition,
            group_id, representative, copy_of, set_aside_reason, position
        from opinions where digest_id = :id
    """,
}


async def state(db: Database, digest_id: int) -> State:
    found: State = {}
    for table, select in SELECTS.items():
        rows = [dict(row) for row in await db.rows(select, id=digest_id)]
        found[table] = {row.pop("id"): row for row in rows}
    return found


async def restore_group(db: Database, digest_id: int, group_id: int, row: Row) -> None:
    """A group that was there before, under its old number: what is answered and asked about it finds it again."""
    await db.run(
        "update opinion_groups set position = position + 1 where digest_id = :id and position >= :position",
        id=digest_id,
        position=row["position"],
    )
    await db.run(
        """
        insert into opinion_groups (id, digest_id, position, title, summary, theme, plan_section_id)
            overriding system value
        values (:id, :digest_id, :position, :title, :summary, :theme, :plan_section_id)
        """,
        id=group_id,
        digest_id=digest_id,
        **row,
    )


async def write_groups(db: Database, rows: Mapping[int, Row]) -> None:
    """Their words; their order is their own."""
    await db.run_many(
        "update opinion_groups set title = :title, summary = :summary, theme = :theme where id = :id",
        [{"id": id, **row} for id, row in rows.items()],
    )


async def write_opinions(db: Database, rows: Mapping[int, Row]) -> None:
    """Where they stand and where they are cut; the words are those of the source there."""
    await db.run_many(
        """
        update opinions o set revision_id = :revision_id, submission_id = :submission_id, start_at = :start_at,
            end_at = :end_at, sha256 = :sha256, masked_by = :masked_by, part = :part, kind = :kind, disposition = :disposition,
            group_id = :group_id, representative = :representative, copy_of = :copy_of,
            set_aside_reason = :set_aside_reason, position = :position,
            evidence = case when (start_at, end_at) = (:start_at, :end_at) then evidence else '' end,
            text = substr(coalesce((select raw from revisions where id = :revision_id),
                (select body from submissions where id = :submission_id)), :start_at + 1, :end_at - :start_at)
        where id = :id
        """,
        [{"id": id, **row} for id, row in rows.items()],
    )


async def restore_opinions(db: Database, digest_id: int, rows: Mapping[int, Row]) -> None:
    """Opinions that were there before, as they were cut from their source."""
    bare: dict[str, Any] = {"copy_of": None}
    # A history from before opinions of masked posts were hashed as they are shown says nothing of masks.
    rows = {id: {"masked_by": [], **row} for id, row in rows.items()}
    await db.run_many(
        """
        insert into opinions (id, digest_id, revision_id, submission_id, start_at, end_at, sha256, masked_by, part, kind,
            disposition, group_id, representative, copy_of, set_aside_reason, position, text)
            overriding system value
        values (:id, :digest_id, :revision_id, :submission_id, :start_at, :end_at, :sha256, :masked_by, :part, :kind,
            :disposition, :group_id, :representative, :copy_of, :set_aside_reason, :position,
            substr(coalesce((select raw from revisions where id = :revision_id),
                (select body from submissions where id = :submission_id)), :start_at + 1, :end_at - :start_at))
        """,
        [{"id": id, "digest_id": digest_id, **row, **bare} for id, row in rows.items()],
    )
    await db.run_many(
        "update opinions set copy_of = :copy_of where id = :id",
        [{"id": id, "copy_of": row["copy_of"]} for id, row in rows.items() if row["copy_of"]],
    )


async def write_heading(db: Database, digest_id: int, row: Row) -> None:
    await db.run("update digests set title = :title, summary = :summary where id = :id", id=digest_id, **row)
