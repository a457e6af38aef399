"""What residents report."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Report:
    id: int
    reporter_id: int
    pen_name: str
    revision_number: int
    rule_number: int | None
    note: str
    created_at: datetime
    open: bool


async def of_post(db: Database, post_id: int) -> list[Report]:
    """Every report of the post, the newest first."""
    return await db.records(
        Report,
        """
        select p.id, p.reporter_id, a.pen_name, r.number as revision_number, p.rule_number, p.note, p.created_at,
            p.settled_by is null as open
        from reports p join accounts a on a.id = p.reporter_id join revisions r on r.id = p.revision_id
        where p.post_id = :post_id order by p.id desc
        """,
        post_id=post_id,
    )


async def has_open(db: Database, post_id: int, reporter_id: int) -> bool:
    return bool(
        await db.value(
            """
            select exists (
                select from reports where post_id = :post_id and reporter_id = :reporter_id and settled_by is null)
            """,
            post_id=post_id,
            reporter_id=reporter_id,
        )
    )


async def add(
    db: Database,
    *,
    post_id: int,
    revision_id: int,
    reporter_id: int,
    rule_number: int | None,
    note: str,
    distressing: bool,
    now: datetime,
    due_at: datetime,
) -> None:
    await db.run(
        """
        insert into reports (post_id, revision_id, reporter_id, rule_number, note, distressing, created_at, due_at)
        values (:post_id, :revision_id, :reporter_id, :rule_number, :note, :distressing, :now, :due_at)
        """,
        post_id=post_id,
        revision_id=revision_id,
        reporter_id=reporter_id,
        rule_number=rule_number,
        note=note,
        distressing=distressing,
        now=now,
        due_at=due_at,
    )


async def settle(db: Database, post_id: int, *, decision_id: int, newest: int) -> list[int]:
    """Closes the open reports of a post, up to the id `newest`; who had sent them."""
    rows = await db.rows(
        """
        update reports set settled_by = :decision_id
        where post_id = :post_id and settled_by is null and id <= :newest
        returning reporter_id
        """,
        post_id=post_id,
        decision_id=decision_id,
        newest=newest,
    )
    return [row["reporter_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Record:
    """What became of somebody's earlier reports: how many were decided, and how many of those confirmed."""

    reporter_id: int
    settled: int
    confirmed: int


async def records(db: Database, post_ids: list[int]) -> dict[int, list[Record]]:
    """Of everyone who reports these posts, by post. A report is confirmed if its post was hidden."""
    rows = await db.rows(
        """
        select r.post_id, r.reporter_id, count(d.id) as settled, count(d.id) filter (where d.act = 'hide') as confirmed
        from reports r
            left join reports e on e.reporter_id = r.reporter_id and e.settled_by is not null
            left join decisions d on d.id = e.settled_by
        where r.post_id = any(:post_ids) and r.settled_by is null
        group by r.post_id, r.reporter_id order by r.post_id, min(r.id)
        """,
        post_ids=post_ids,
    )
    found: dict[int, list[Record]] = {}
    for row in rows:
        found.setdefault(row["post_id"], []).append(
            Record(row["reporter_id"], row["settled"], row["confirmed"])
        )
    return found
