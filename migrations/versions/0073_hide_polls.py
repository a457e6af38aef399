"""The polls of a topic can be hidden, and shown again, with a rule and a reason; whoever started the topic may contest it."""

from alembic import op

revision = "0073"
down_revision = "0072"

POLLS = """
alter table topics add column polls_hidden boolean not null default false;
insert into acts (act, about, strand) values ('hide_polls', 'topic', 'polls'), ('show_polls', 'topic', 'polls');
"""

APPEALS = """
create or replace function keep_item_of_appeal(which bigint) returns void language plpgsql as $$
begin
    insert into review_items (kind, appeal_id, board_id, author_id, barred, open, opened_at, due_at, reporters, rules)
    select 'appeal', a.id, d.board_id, p.author_id,
        involved_in(d.id) || a.appellant_id || array(select reporter_id from reports where settled_by = d.id order by id),
        true, a.filed_at, a.due_at, 0, array_remove(array[d.rule_number], null)
    from appeals a join decisions d on d.id = a.decision_id join posts p on p.id = d.post_id
    where a.id = which and not exists (select from decisions where appeal_of = a.decision_id) and case d.act
        when 'hide' then p.state = 'hidden'
        when 'mask' then p.state <> 'withdrawn'
        when 'return' then p.state = 'held' and p.returned_at is not null
        when 'dismiss' then p.state = 'visible' and p.revision_id = d.revision_id
        when 'lock' then true
        when 'slow' then true
        when 'move' then true
        when 'hide_polls' then true
        else not exists (
            select from sanctions s join decisions l on l.id = s.decision_id
            where s.account_id = p.author_id and s.act = 'reinstate' and l.number > d.number
                and coalesce(s.lifts, d.id) = d.id) end
        and (d.act in ('warn', 'silence', 'suspend') or not exists (
            select from decisions l where l.post_id = d.post_id and l.number > d.number
                and (select strand from acts where act = l.act) = (select strand from acts where act = d.act)))
    on conflict on constraint review_items_appeal_unique do update set
        barred = excluded.barred, open = true, version = review_items.version + 1;
    if not found then
        update review_items set open = false, version = version + 1 where appeal_id = which and open;
    end if;
end $$;
"""


def upgrade() -> None:
    op.script(POLLS)
    op.script(APPEALS)
