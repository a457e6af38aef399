"""An appeal about a poll or a transfer waits for whoever may judge it: for nobody whose posts went along, and also for whoever
began the topic, whom it does not concern."""

from alembic import op

revision = "0100"
down_revision = "0099"

KEEP = """
create or replace function keep_item_of_appeal(which bigint) returns void language plpgsql as $$
begin
    insert into review_items (kind, appeal_id, board_id, author_id, barred, open, opened_at, due_at, reporters, rules)
    -- Of a poll or a transfer, whoever began the topic is no party.
    select 'appeal', a.id, d.board_id, case when d.act in ('hide_poll', 'transfer') then a.appellant_id else p.author_id end,
        involved_in(d.id) || a.appellant_id || concerned_by(d)
            || array(select reporter_id from reports where settled_by = d.id order by id),
        true, a.filed_at, a.due_at, 0, array_remove(array[d.rule_number], null)
    from appeals a join decisions d on d.id = a.decision_id join posts p on p.id = d.post_id
    where a.id = which and not exists (select from decisions where appeal_of = a.decision_id) and case
        when d.act = 'hide' then p.state = 'hidden'
        when d.act = 'mask' then p.state <> 'withdrawn'
        when d.act = 'return' then p.state = 'held' and p.returned_at is not null
        when d.act = 'dismiss' then p.state = 'visible' and p.revision_id = d.revision_id
        when d.act in ('lock', 'slow', 'move', 'hide_polls', 'hide_poll', 'transfer') then true
        else not exists (
            select from sanctions s join decisions l on l.id = s.decision_id
            where s.account_id = p.author_id and s.act = 'reinstate' and l.number > d.number
                and coalesce(s.lifts, d.id) = d.id) end
        and (d.act in ('warn', 'silence', 'suspend') or not overtaken_at_its_post(d))
    on conflict on constraint review_items_appeal_unique do update set
        author_id = excluded.author_id, barred = excluded.barred, open = true, version = review_items.version + 1;
    if not found then
        update review_items set open = false, version = version + 1 where appeal_id = which and open;
    end if;
end $$;
"""
AGAIN = """
select keep_item_of_appeal(a.id) from (
    select a.id from appeals a join decisions d on d.id = a.decision_id where d.act in ('hide_poll', 'transfer') order by a.id
) a
"""


def upgrade() -> None:
    op.execute(KEEP)
    op.execute(AGAIN)
