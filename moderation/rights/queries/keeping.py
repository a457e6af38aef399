"""How long it is kept who asked."""

from dataclasses import asdict
from datetime import datetime

from forum.db import Database, columns
from moderation.rights.rules import Forgotten


async def decided_before(db: Database, moment: datetime) -> list[int]:
    """The requests that were decided before then, and whose envelopes are still there."""
    rows = await db.rows(
        """
        select r.id from rights_requests r where r.sealed is not null and exists (
            select from rights_steps s
            where s.request_id = r.id and s.kind in ('granted', 'refused', 'gone') and s.taken_at < :moment)
        order by r.id
        """,
        moment=moment,
    )
    return [row["id"] for row in rows]


async def forget(db: Database, note: Forgotten) -> None:
    """The envelope goes, and a note of it stays."""
    await db.run("update rights_requests set sealed = null where id = :id", id=note.request_id)
    await db.run(
        """
        insert into forgotten_claimants (request_id, envelope, kept_days, forgotten_at, sha256)
        values (:request_id, :envelope, :kept_days, :forgotten_at, :sha256)
        """,
        **asdict(note),
    )


async def forgotten(db: Database) -> dict[int, Forgotten]:
    """By request."""
    found = await db.records(
        Forgotten, f"select {columns(Forgotten)} from forgotten_claimants order by request_id"
    )
    return {note.request_id: note for note in found}
