"""How the review is going, on the boards of one moderator."""

from datetime import datetime

from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database
from moderation.figures.overview import Boarded, Day, Moderator, Pairs, Ruled, Waiting

# The boards that this moderator answers for.
MINE = "b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids))"
# Whether a decision lets a post stand or takes it away; other acts say nothing about that.
VERDICT = (
    "case when d.act in ('approve', 'dismiss', 'restore') then 'stands' when d.act = 'hide' then 'goes' end"
)
# Each decision with the one that came next on the same post: by whom, and to which verdict; whoever answers an appeal with
# the same comes to the same. `seconded`: somebody else judged it; `agreed`: and saw it alike. It belongs to the rule that
# either of them names, or under which the post was reported.
JUDGED = f"""
select v.*, seconded, coalesce(seconded and following = verdict, false) as agreed,
    coalesce(v.rule_number, following_rule, reported, following_reported) as rule
from (
    select d.id, d.post_id, d.act, d.moderator_id, d.rule_number, b.position, b.slug, b.name, b.name_en,
        {VERDICT} as verdict,
        case when lead(d.act) over next = 'uphold' and lead(d.appeal_of) over next = d.id then {VERDICT}
            else lead({VERDICT}) over next end as following,
        lead(d.moderator_id) over next as follower, lead(d.rule_number) over next as following_rule,
        r.reported, lead(r.reported) over next as following_reported,
        exists (select from decisions later where later.post_id = d.post_id and later.id > d.id
            and later.act = 'restore') as restored
    from decisions d join boards b on b.id = d.board_id
        left join (select settled_by, min(rule_number) as reported from reports group by 1) r on r.settled_by = d.id
    where d.decided_at >= :since and {MINE}
    window next as (partition by d.post_id order by d.id)
) v cross join lateral (
    select verdict is not null and following is not null and follower <> moderator_id as seconded
) s
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
