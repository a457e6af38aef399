"""The lines of the log as they are hashed, and the heads that were published."""

from collections.abc import AsyncIterator
from datetime import date, datetime

from forum.db import Database, columns
from moderation.reviews.chain import Head, Line

LINE = """
select d.number, d.id, d.version, d.appeal_of, d.act, d.board_id, d.post_id, m.label as moderator,
    s.label as proposer, d.role, d.rule_number,
    d.rule_version, d.reason, d.text_sha256, d.decided_at, d.entry, d.previous, d.sha256
from decisions d left join moderator_labels m on m.account_id = d.moderator_id
    left join moderator_labels s on s.account_id = d.proposed_by
"""
BATCH = 1000


async def lines(db: Database) -> AsyncIterator[Line]:
    """Every line there is, in order of number; also two of one number, where somebody took the constraint away."""
    number = id_ = -(2**63)
    while True:
        found = await db.records(
            Line,
            LINE + "where (d.number, d.id) > (:number, :id) order by d.number, d.id limit :limit",
            number=number,
            id=id_,
            limit=BATCH,
        )
        for line in found:
            yield line
            number, id_ = line.number, line.id
        if len(found) < BATCH:
            return


async def heads(db: Database) -> list[Head]:
    """Every head that was published, the newest first."""
    return await db.records(Head, f"select {columns(Head)} from log_heads order by day desc")


async def last(db: Database) -> tuple[int, str] | None:
    """Number and hash of the last line."""
    row = await db.row("select number, sha256 from decisions order by number desc limit 1")
    return (row["number"], row["sha256"]) if row else None


async def note_head(db: Database, day: date, *, number: int, sha256: str, now: datetime) -> bool:
    """Writes the head of a day, once. Whether it was new."""
    return bool(
        await db.run(
            """
            insert into log_heads (day, number, sha256, noted_at) values (:day, :number, :sha256, :now)
            on conflict (day) do nothing
            """,
            day=day,
            number=number,
            sha256=sha256,
            now=now,
        )
    )
