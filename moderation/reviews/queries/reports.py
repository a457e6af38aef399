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
    # What it is about, if not the words of the post. No question where it was taken back with its topic.
    poll_id: int | None
    poll_by: int | None
    poll_question: str | None
    # Where it was asked, also if the post has gone to another topic since.
    poll_topic_id: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Who had sent a report that was answered, and whether it was about a poll."""

    reporter_id: int
    of_poll: bool


async def of_post(db: Database, post_id: int) -> list[Report]:
    """Every report of the post, the newest first."""
    return await db.records(
        Report,
        """
        select p.id, p.reporter_id, a.pen_name, r.number as revision_number, p.rule_number, p.note, p.created_at,
            p.settled_by is null as open, p.poll_id, o.opened_by as poll_by,
            case when t.state <> 'withdrawn' then o.question end as poll_question, o.topic_id as poll_topic_id
        from reports p join accounts a on a.id = p.reporter_id join revisions r on r.id = p.revision_id
            left join polls o on o.id = p.poll_id left join topics t on t.id = o.topic_id
        where p.post_id = :post_id order by p.id desc
        """,
        post_id=post_id,
    )


async def has_open(db: Database, post_id: int, reporter_id: int, poll_id: int | None = None) -> bool:
    return bool(
        await db.value(
            """
            select exists (
                select from reports where post_id = :post_id and reporter_id = :reporter_id and settled_by is null
                    and poll_id is not distinct from :poll_id)
            """,
            post_id=post_id,
            poll_id=poll_id,
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
    poll_id: int | None,
) -> None:
    await db.run(
        """
        insert into reports (post_id, revision_id, reporter_id, rule_number, note, distressing, created_at, due_at, poll_id)
        values (:post_id, :revision_id, :reporter_id, :rule_number, :note, :distressing, :now, :due_at, :poll_id)
        """,
        post_id=post_id,
        revision_id=revision_id,
        reporter_id=reporter_id,
        rule_number=rule_number,
        note=note,
        distressing=distressing,
        now=now,
        due_at=due_at,
        poll_id=poll_id,
    )


async def settle(
    db: Database,
    post_id: int,
    *,
    decision_id: int,
    newest: int,
    polls: list[int] | None = None,
    asked_by: int | None = None,
) -> list[Settled]:
    """Closes the open reports of a post, up to the id `newest`: all of them, or those of these `polls` alone; with an empty list,
    those about its words. Those of polls that were `asked_by` this person stay open."""
    return await db.records(
        Settled,
        """
        update reports set settled_by = :decision_id
        where post_id = :post_id and settled_by is null and id <= :newest
            and case when cast(:polls as bigint[]) is null then true
                when :polls = '{}' then poll_id is null else poll_id = any(:polls) end
            and not exists (select from polls where id = poll_id and opened_by = :asked_by)
        returning reporter_id, poll_id is not null as of_poll
        """,
        post_id=post_id,
        decision_id=decision_id,
        newest=newest,
        polls=polls,
        asked_by=asked_by,
    )


async def answered_by_hiding(db: Database, post_id: int) -> list[Settled]:
    """Whose reports of the words were answered when the post was hidden last."""
    return await db.records(
        Settled,
        """
        select reporter_id, false as of_poll from reports where poll_id is null and settled_by = (
            select id from decisions where post_id = :post_id and act = 'hide' order by number desc limit 1)
        order by id
        """,
        post_id=post_id,
    )


async def reopen(db: Database, decision_id: int) -> None:
    """Those that a decision had answered wait again, for it was taken back before anybody had judged it; not beside a new one
    of the same person."""
    await db.run(
        """
        update reports r set settled_by = null
        where settled_by = :id and not exists (
            select from reports n where n.post_id = r.post_id and n.reporter_id = r.reporter_id and n.settled_by is null
                and n.poll_id is not distinct from r.poll_id)
        """,
        id=decision_id,
    )


@dataclass(frozen=True, slots=True)
class Record:
    """What became of somebody's earlier reports: how many were decided, and how many of those confirmed."""

    reporter_id: int
    settled: int
    confirmed: int
    # Whether something of theirs that waits is about a poll.
    of_poll: bool


async def records(db: Database, post_ids: list[int]) -> dict[int, list[Record]]:
    """Of everyone who reports these posts, by post. A report is confirmed if its post, or the poll, was hidden, and not shown
    again."""
    rows = await db.rows(
        """
        select r.post_id, r.reporter_id, count(distinct e.id) as settled,
            count(distinct e.id) filter (where case
                when d.act = 'hide' then not exists (
                    select from decisions where post_id = d.post_id and act = 'restore' and number > d.number)
                else d.act in ('hide_poll', 'hide_polls') and not overtaken_at_its_post(d) end) as confirmed,
            bool_or(r.poll_id is not null) as of_poll
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
            Record(row["reporter_id"], row["settled"], row["confirmed"], row["of_poll"])
        )
    return found
