"""Of what submissions speak: the version of the plan, and a passage of it."""

from forum.db import Database
from moderation.submissions.notes import About


async def add(
    db: Database, submission_id: int, *, plan_version: int, passage: int | None, sha256: str
) -> None:
    await db.run(
        """
        insert into submission_passages (submission_id, plan_version, passage, sha256)
        values (:submission_id, :plan_version, :passage, :sha256)
        """,
        submission_id=submission_id,
        plan_version=plan_version,
        passage=passage,
        sha256=sha256,
    )


async def add_all(db: Database, rows: list[dict[str, object]]) -> None:
    """For submissions that speak of no passage, found by their receipts."""
    await db.run_many(
        """
        insert into submission_passages (submission_id, plan_version, sha256)
        select id, cast(:plan_version as integer), :sha256 from submissions
        where consultation_id = :consultation_id and receipt = :receipt
        """,
        rows,
    )


ABOUT = """
select a.submission_id, a.plan_version, a.passage, a.sha256, s.sha256 as submission_sha256
from submission_passages a join submissions s on s.id = a.submission_id
"""


async def of(db: Database, submission_id: int) -> About | None:
    return await db.record(About, ABOUT + "where s.id = :id", id=submission_id)


async def every(db: Database) -> list[About]:
    return await db.records(About, ABOUT + "order by s.id")
