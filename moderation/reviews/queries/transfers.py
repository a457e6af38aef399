"""Which line of the log a transfer is."""

from forum.db import Database


async def add_line(db: Database, transfer_id: int, decision_id: int) -> None:
    await db.run(
        "insert into transfer_lines (transfer_id, decision_id) values (:transfer_id, :decision_id)",
        transfer_id=transfer_id,
        decision_id=decision_id,
    )


async def of_line(db: Database, decision_id: int) -> int | None:
    """The transfer that a decision made."""
    transfer_id: int | None = await db.value(
        "select transfer_id from transfer_lines where decision_id = :decision_id", decision_id=decision_id
    )
    return transfer_id


async def unfounded(db: Database) -> list[str]:
    """One line for every transfer that is said to be another line of the log than its own."""
    rows = await db.rows(
        """
        select format('transfer %s: is not what decision %s says', l.transfer_id, l.decision_id) as line
        from transfer_lines l left join transfers x on x.id = l.transfer_id left join decisions d on d.id = l.decision_id
        where (d.act, d.moderator_id, d.reason) is distinct from ('transfer', x.made_by, x.reason) order by 1
        """
    )
    return [row["line"] for row in rows]
