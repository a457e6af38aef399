"""Reports on what became of answers; rows are only ever added."""

from collections import defaultdict
from datetime import datetime

from forum.db import Database
from moderation.consultations.rules.progress import Report

REPORT = """
select r.group_id, r.number, r.status, r.year, r.body, r.reported_at, r.sha256
from progress_reports r join opinion_groups g on g.id = r.group_id
"""


async def of_digest(db: Database, digest_id: int) -> dict[int, list[Report]]:
    """The reports of each group that has any, the first one first."""
    found: defaultdict[int, list[Report]] = defaultdict(list)
    for report in await db.records(
        Report, REPORT + "where g.digest_id = :id order by r.group_id, r.number", id=digest_id
    ):
        found[report.group_id].append(report)
    return dict(found)


async def of_group(db: Database, group_id: int) -> list[Report]:
    return await db.records(Report, REPORT + "where r.group_id = :id order by r.number", id=group_id)


async def add(
    db: Database,
    *,
    group_id: int,
    number: int,
    status: str,
    year: int,
    body: str,
    reported_by: int,
    reported_at: datetime,
    sha256: str,
) -> None:
    await db.run(
        """
        insert into progress_reports (group_id, number, status, year, body, reported_by, reported_at, sha256)
        values (:group_id, :number, :status, :year, :body, :reported_by, :reported_at, :sha256)
        """,
        group_id=group_id,
        number=number,
        status=status,
        year=year,
        body=body,
        reported_by=reported_by,
        reported_at=reported_at,
        sha256=sha256,
    )
