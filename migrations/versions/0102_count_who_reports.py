"""Of somebody who reports a post and a poll of its topic, too, the queue says that one person reports it."""

from alembic import op

revision = "0102"
down_revision = "0101"

KEEP = """
create or replace function keep_item_of_post(which bigint) returns void language plpgsql as $$
begin
    -- Whoever reports, proposes or decides at the same moment waits here, and then sees what this transaction did.
    perform from posts where id = which for no key update;
    insert into review_items
        (kind, post_id, board_id, author_id, barred, open, opened_at, due_at, reporters, rules)
    select case when s.proposals > 0 then 'proposed' when r.reporters > 0 then 'reported' else 'held' end,
        p.id, t.board_id, p.author_id, case when s.proposals > 0 then s.barred else r.barred end, true,
        least(first.since, s.since), least(first.due_at, s.due_at),
        r.reporters, r.rules
    from posts p join topics t on t.id = p.topic_id
        cross join lateral (
            select min(o.created_at) as since, min(o.due_at) as due_at, count(distinct o.reporter_id) as reporters,
                coalesce(array_agg(distinct o.rule_number) filter (where o.rule_number is not null), '{}') as rules,
                -- Where nothing was reported but polls of one person, that is not who answers.
                case when count(*) = count(a.id) and min(a.opened_by) = max(a.opened_by) then array[min(a.opened_by)]
                    else '{}' end as barred
            from reports o left join polls a on a.id = o.poll_id where o.post_id = p.id and o.settled_by is null
        ) r
        cross join lateral (
            select p.state = 'held' and p.returned_at is null as held,
                -- What came back from its author waits since then.
                coalesce((
                    select min(created_at) from revisions where post_id = p.id and created_at >= (
                        select max(decided_at) from decisions where post_id = p.id and act = 'return')
                ), p.created_at) as since
        ) h
        cross join lateral (
            select case when r.reporters > 0 then r.since when h.held then h.since end as since,
                case when r.reporters > 0 then r.due_at when h.held then h.since + interval '24 hours' end as due_at
        ) first
        cross join lateral (
            select min(proposed_at) as since, min(due_at) as due_at, count(*) as proposals,
                -- Nobody confirms their own.
                case when min(proposed_by) = max(proposed_by) then array[min(proposed_by)] else '{}' end as barred
            from proposals where post_id = p.id and outcome is null and p.state <> 'withdrawn'
        ) s
    where p.id = which and (r.reporters > 0 or h.held or s.proposals > 0)
    on conflict on constraint review_items_post_unique do update set
        kind = excluded.kind, board_id = excluded.board_id, author_id = excluded.author_id,
        barred = excluded.barred, open = true,
        opened_at = excluded.opened_at, due_at = excluded.due_at, reporters = excluded.reporters,
        rules = excluded.rules, version = review_items.version + 1;
    if not found then
        update review_items set open = false, barred = '{}', reporters = 0, rules = '{}', version = version + 1
        where post_id = which and open;
    end if;
end $$;
"""
AGAIN = """
select keep_item_of_post(post_id) from (
    select post_id from reports where settled_by is null group by post_id having count(*) > count(distinct reporter_id) order by 1
) reported
"""


def upgrade() -> None:
    op.execute(KEEP)
    op.execute(AGAIN)
