"""What happened on the boards that everybody reads, between two moments."""

from datetime import datetime

from forum.access import GUEST
from forum.boards.rules import readable_kinds
from forum.db import Database
from moderation.figures.years import Decided, Received, Reported, Wait

PUBLIC = readable_kinds(GUEST)


async def received(db: Database, since: datetime, until: datetime, zone: str) -> list[Received]:
    return await db.records(
        Received,
        """
        select t.board_id, cast(extract(month from p.created_at at time zone :zone) as int) as month,
            count(*) as received, count(*) filter (where p.shown_at is distinct from p.created_at) as held
        from posts p join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
        where p.created_at >= :since and p.created_at < :until and b.kind = any(:kinds) group by 1, 2
        """,
        since=since,
        until=until,
        zone=zone,
        kinds=PUBLIC,
    )


async def decided(db: Database, since: datetime, until: datetime, zone: str) -> list[Decided]:
    """A decision counts as overturned whenever that happened, also after the year."""
    return await db.records(
        Decided,
        """
        select d.board_id, cast(extract(month from d.decided_at at time zone :zone) as int) as month, d.act,
            d.rule_number as rule, count(*) as decided,
            count(*) filter (where d.act = 'hide' and exists (
                select from decisions later
                where later.post_id = d.post_id and later.id > d.id and later.act = 'restore'
            )) as overturned
        from decisions d join boards b on b.id = d.board_id
        where d.decided_at >= :since and d.decided_at < :until and b.kind = any(:kinds) group by 1, 2, 3, 4
        """,
        since=since,
        until=until,
        zone=zone,
        kinds=PUBLIC,
    )


async def reported(db: Database, since: datetime, until: datetime) -> list[Reported]:
    """By the decision that settled each."""
    return await db.records(
        Reported,
        """
        select t.board_id, r.rule_number as rule, case when r.settled_by is null then 'open'
            when d.act in ('hide', 'hide_poll', 'hide_polls') then 'hidden'
            when d.act = 'dismiss' then 'dismissed' else 'other' end as outcome,
            count(*) as reports
        from reports r join posts p on p.id = r.post_id join topics t on t.id = p.topic_id
            join boards b on b.id = t.board_id left join decisions d on d.id = r.settled_by
        where r.created_at >= :since and r.created_at < :until and b.kind = any(:kinds) group by 1, 2, 3
        """,
        since=since,
        until=until,
        kinds=PUBLIC,
    )


async def waits(db: Database, since: datetime, until: datetime) -> list[Wait]:
    """From a held post to the first decision whether it is shown, and from a report to the decision that settled it."""
    return await db.records(
        Wait,
        """
        select kind, count(*) as decided, percentile_disc(0.5) within group (order by seconds) as median,
            percentile_disc(0.9) within group (order by seconds) as most
        from (
            (select distinct on (d.post_id) 'held' as kind, b.kind as board_kind, d.decided_at,
                cast(extract(epoch from d.decided_at - p.created_at) as float) as seconds
            from decisions d join acts using (act) join posts p on p.id = d.post_id join boards b on b.id = d.board_id
            where acts.about = 'post' and p.shown_at is distinct from p.created_at order by d.post_id, d.id)
            union all
            select 'reported', b.kind, d.decided_at,
                cast(extract(epoch from d.decided_at - r.created_at) as float)
            from reports r join decisions d on d.id = r.settled_by join boards b on b.id = d.board_id
        ) waited
        where decided_at >= :since and decided_at < :until and board_kind = any(:kinds)
        group by kind order by kind
        """,
        since=since,
        until=until,
        kinds=PUBLIC,
    )


async def outcomes(db: Database, since: datetime, until: datetime) -> dict[str, int]:
    """Of what was proposed on boards that ask for two people; `open` while nobody has answered."""
    rows = await db.rows(
        """
        select coalesce(s.outcome, 'open') as outcome, count(*) as proposals
        from proposals s join posts p on p.id = s.post_id join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
        where s.proposed_at >= :since and s.proposed_at < :until and b.kind = any(:kinds) group by 1
        """,
        since=since,
        until=until,
        kinds=PUBLIC,
    )
    return {row["outcome"]: row["proposals"] for row in rows}


async def first_post_at(db: Database) -> datetime | None:
    found: datetime | None = await db.value("select min(created_at) from posts")
    return found
