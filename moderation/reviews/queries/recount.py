"""The queue, counted again from posts and reports themselves."""

from datetime import datetime

from forum.db import Database
from moderation.reviews.rules import HELD_WITHIN
from moderation.reviews.targets import Target

# What there is to look at, asked of posts and reports themselves.
WAITING = """
select p.id as post_id, 'held' as kind, t.board_id, p.author_id, 0 as reporters, cast('{}' as int[]) as rules,
    cast('{}' as bigint[]) as barred,
    v.since as opened_at, v.since + cast(:held_within as interval) as due_at
from posts p join topics t on t.id = p.topic_id
    cross join lateral (
        -- Of the revisions since it was last returned, or of all.
        select min(v.created_at) as since from revisions v
            left join decisions d on d.post_id = v.post_id and d.act = 'return' and d.decided_at > v.created_at
        where v.post_id = p.id and d.id is null
    ) v
where p.state = 'held' and p.returned_at is null
    and not exists (select from reports where post_id = p.id and settled_by is null)
union all
select p.id, 'reported', t.board_id, p.author_id, count(distinct r.reporter_id),
    coalesce(array_agg(distinct r.rule_number) filter (where r.rule_number is not null), '{}'),
    -- Nobody answers what is said about their polls alone.
    case when bool_and(o.id is not null) and count(distinct o.opened_by) = 1 then array[min(o.opened_by)] else '{}' end,
    min(r.created_at), min(r.due_at)
from reports r join posts p on p.id = r.post_id join topics t on t.id = p.topic_id left join polls o on o.id = r.poll_id
where r.settled_by is null
group by p.id, t.board_id
"""
# What was proposed for a post that is still there, with what it waited for before.
WANTED = f"""
with waiting as ({WAITING}), proposed as (
    select s.post_id, t.board_id, p.author_id, min(s.proposed_at) as opened_at, min(s.due_at) as due_at,
        array_agg(distinct s.proposed_by) as proposers
    from proposals s join posts p on p.id = s.post_id join topics t on t.id = p.topic_id
    where s.outcome is null and p.state <> 'withdrawn' group by s.post_id, t.board_id, p.author_id
)
select post_id, case when s.post_id is null then w.kind else 'proposed' end as kind,
    coalesce(s.board_id, w.board_id) as board_id, coalesce(s.author_id, w.author_id) as author_id,
    coalesce(w.reporters, 0) as reporters, coalesce(w.rules, '{{}}') as rules,
    least(w.opened_at, s.opened_at) as opened_at, least(w.due_at, s.due_at) as due_at,
    case when s.post_id is null then w.barred when cardinality(s.proposers) = 1 then s.proposers else '{{}}' end as barred
from waiting w full join proposed s using (post_id)
"""


async def discrepancies(db: Database) -> list[str]:
    """One line for every post that should wait and does not, waits for no reason, or waits as something else."""
    rows = await db.rows(
        f"""
        select case
            when i.post_id is null then format('post %s: waits for a moderator, and is not in the queue', w.post_id)
            when w.post_id is null then format('post %s: is in the queue, and waits for nothing', i.post_id)
            else format('post %s: is in the queue as something else than it is', w.post_id) end as line
        from ({WANTED}) w full join (select * from review_items where open and post_id is not null) i on i.post_id = w.post_id
        where (i.kind, i.board_id, i.author_id, i.reporters, i.rules, i.opened_at, i.due_at, i.barred)
            is distinct from (w.kind, w.board_id, w.author_id, w.reporters, w.rules, w.opened_at, w.due_at, w.barred)
        order by 1
        """,
        held_within=HELD_WITHIN,
    )
    return [row["line"] for row in rows]


async def items(db: Database, target: Target) -> dict[int, tuple[datetime, datetime]]:
    """What is in the queue of this sort: since when it waits, and when it is due."""
    rows = await db.rows(
        f"select {target}_id as number, opened_at, due_at from review_items where open and {target}_id is not null"
    )
    return {row["number"]: (row["opened_at"], row["due_at"]) for row in rows}
