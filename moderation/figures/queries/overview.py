"""How the review is going, on the boards of one moderator."""

from datetime import datetime

from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database
from moderation.figures.overview import Boarded, Day, Moderator, Pairs, Ruled, Waiting

# The boards that this moderator answers for.
MINE = "b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids))"
# Whether a decision lets a post stand or takes it away; other acts say nothing about that.
VERDICT = "case when {0}.act in ('approve', 'dismiss', 'restore') then 'stands' when {0}.act = 'hide' then 'goes' end"
REPORTED = "select settled_by, min(rule_number) as reported from reports group by 1"
# Each decision with the one that judged the same post next: by whom, and to which verdict; whoever answers an appeal with
# the same comes to the same. `seconded`: somebody else judged it; `agreed`: and saw it alike. It belongs to the rule that
# either of them names, or under which the post was reported.
JUDGED = f"""
select d.act, d.moderator_id, b.position, b.slug, b.name, b.name_en, seconded, seconded and next.verdict = own.verdict as agreed,
    coalesce(d.rule_number, next.rule_number, r.reported, s.reported) as rule,
    exists (select from decisions later where later.post_id = d.post_id and later.id > d.id and later.act = 'restore')
        as restored
from decisions d join boards b on b.id = d.board_id
    cross join lateral (select {VERDICT.format("d")}) own (verdict)
    left join lateral (
        select n.id, n.moderator_id, n.rule_number, coalesce({VERDICT.format("n")}, own.verdict) as verdict
        from decisions n
        where n.post_id = d.post_id and n.id > d.id
            and ({VERDICT.format("n")} is not null or n.act = 'uphold' and n.appeal_of = d.id)
        order by n.id limit 1
    ) next on true
    cross join lateral (
        select coalesce(own.verdict is not null and next.moderator_id <> d.moderator_id, false) as seconded
    ) judged
    left join ({REPORTED}) r on r.settled_by = d.id left join ({REPORTED}) s on s.settled_by = next.id
where d.decided_at >= :since and {MINE}
"""


async def waiting(db: Database, actor: Actor, now: datetime) -> list[Waiting]:
    """Every board, also where nothing waits."""
    return await db.records(
        Waiting,
        f"""
        select b.slug, b.name, b.name_en, count(i.id) filter (where i.due_at >= :now) as in_time,
            count(i.id) filter (where i.due_at < :now) as late, min(i.opened_at) as oldest
        from boards b left join review_items i on i.board_id = b.id and i.open and i.opened_at <= :now
        where {MINE} group by b.id order by b.position, b.id
        """,
        now=now,
        **moderated(actor),
    )


async def days(db: Database, actor: Actor, since: datetime, zone: str) -> list[Day]:
    """What came in to be looked at, and what was decided, on each day on which anything happened."""
    return await db.records(
        Day,
        f"""
        select cast(happened_at at time zone :zone as date) as day, count(*) filter (where what = 'held') as held,
            count(*) filter (where what = 'reported') as reported,
            count(*) filter (where what = 'decided') as decided
        from (
            select 'held' as what, p.created_at as happened_at, t.board_id
            from posts p join topics t on t.id = p.topic_id
            where p.created_at >= :since and p.shown_at is distinct from p.created_at
            union all
            select 'reported', r.created_at, t.board_id
            from reports r join posts p on p.id = r.post_id join topics t on t.id = p.topic_id
            where r.created_at >= :since
            union all
            select 'decided', decided_at, board_id from decisions where decided_at >= :since
        ) happened join boards b on b.id = happened.board_id
        where {MINE} group by 1 order by 1 desc
        """,
        since=since,
        zone=zone,
        **moderated(actor),
    )


async def ruled(db: Database, actor: Actor, since: datetime) -> list[Ruled]:
    """What was hidden under each rule, how much of it was restored, and how often two agreed on a post."""
    return await db.records(
        Ruled,
        f"""
        select rule, count(*) filter (where act = 'hide') as hidden,
            count(*) filter (where act = 'hide' and restored) as overturned,
            count(*) filter (where seconded) as seconded, count(*) filter (where agreed) as agreed
        from ({JUDGED}) judged where rule is not null and (act = 'hide' or seconded) group by rule order by rule
        """,
        since=since,
        **moderated(actor),
    )


async def boarded(db: Database, actor: Actor, since: datetime) -> list[Boarded]:
    """What was decided on each board, what of it was hidden and restored, and how often two agreed on a post."""
    return await db.records(
        Boarded,
        f"""
        select slug, name, name_en, count(*) as decided, count(*) filter (where act = 'hide') as hidden,
            count(*) filter (where act = 'hide' and restored) as overturned,
            count(*) filter (where seconded) as seconded, count(*) filter (where agreed) as agreed
        from ({JUDGED}) judged group by position, slug, name, name_en order by position, slug
        """,
        since=since,
        **moderated(actor),
    )


async def pairs(db: Database, actor: Actor, since: datetime) -> list[Pairs]:
    """Every board on which something was proposed since then, or waits since before."""
    return await db.records(
        Pairs,
        f"""
        select b.slug, b.name, b.name_en,
            count(*) filter (where s.outcome is null and p.state <> 'withdrawn') as waiting,
            count(*) filter (where s.outcome = 'confirmed') as confirmed,
            count(*) filter (where s.outcome = 'declined') as declined,
            count(*) filter (where s.outcome in ('withdrawn', 'overtaken')
                or (s.outcome is null and p.state = 'withdrawn')) as ended
        from proposals s join posts p on p.id = s.post_id join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
        where (s.proposed_at >= :since or s.outcome is null) and {MINE} group by b.id order by b.position, b.id
        """,
        since=since,
        **moderated(actor),
    )


async def moderators(db: Database, actor: Actor, since: datetime) -> list[Moderator]:
    """How much each decided; how often somebody else judged the same post next, and came to the same."""
    return await db.records(
        Moderator,
        f"""
        select m.label, m.account_id, count(*) as decided, count(*) filter (where seconded) as seconded,
            count(*) filter (where agreed) as agreed
        from ({JUDGED}) judged join moderator_labels m on m.account_id = judged.moderator_id
        group by m.label, m.account_id order by decided desc, m.label
        """,
        since=since,
        **moderated(actor),
    )
