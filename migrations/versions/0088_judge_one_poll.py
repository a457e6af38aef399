"""A poll is reported and hidden by itself: a report may name it, and what hides it, or shows it again, is a line of the log to
which the poll is bound by a hash."""

from alembic import op

revision = "0088"
down_revision = "0087"

REPORTS = """
alter table reports add column poll_id bigint constraint reports_poll references polls;
drop index reports_open_once;
create unique index reports_open_once on reports (post_id, reporter_id, coalesce(poll_id, 0)) where settled_by is null;
"""

HIDDEN = """
create table hidden_polls (
    set_by bigint primary key constraint hidden_polls_set_by references decisions,
    poll_id bigint not null constraint hidden_polls_poll references polls,
    lifted_by bigint constraint hidden_polls_lifted_by references decisions constraint hidden_polls_lifted_once unique,
    -- docs/provenance.md describes both.
    sha256 text not null,
    lift_sha256 text constraint hidden_polls_lift check (num_nonnulls(lifted_by, lift_sha256) in (0, 2))
);
create unique index hidden_polls_in_force on hidden_polls (poll_id) where lifted_by is null;
create trigger hidden_polls_kept before delete on hidden_polls for each row execute function refuse_change();
create trigger hidden_polls_stay before truncate on hidden_polls for each statement execute function refuse_change();
create trigger hidden_polls_immutable before update on hidden_polls for each row
    when (old.lifted_by is not null or new.lifted_by is null
        or (old.set_by, old.poll_id, old.sha256) <> (new.set_by, new.poll_id, new.sha256))
    execute function refuse_change();
insert into acts (act, about, strand) values ('hide_poll', 'topic', 'poll'), ('show_poll', 'topic', 'poll');

-- Of several polls of a topic each is judged by itself: what hid one is overtaken only by what shows it again.
create function overtaken_at_its_post(d decisions) returns boolean language sql stable
return case when d.act = 'hide_poll'
    then exists (select from hidden_polls where set_by = d.id and lifted_by is not null)
    else exists (select from decisions l where l.post_id = d.post_id and l.number > d.number
        and (select strand from acts where act = l.act) = (select strand from acts where act = d.act)) end;
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
        when 'hide_poll' then true
        else not exists (
            select from sanctions s join decisions l on l.id = s.decision_id
            where s.account_id = p.author_id and s.act = 'reinstate' and l.number > d.number
                and coalesce(s.lifts, d.id) = d.id) end
        and (d.act in ('warn', 'silence', 'suspend') or not overtaken_at_its_post(d))
    on conflict on constraint review_items_appeal_unique do update set
        barred = excluded.barred, open = true, version = review_items.version + 1;
    if not found then
        update review_items set open = false, version = version + 1 where appeal_id = which and open;
    end if;
end $$;

create function keep_item_of_shown_poll() returns trigger language plpgsql as $$
begin
    perform keep_item_of_appeal(id) from appeals where decision_id = new.set_by;
    return null;
end $$;
create trigger hidden_polls_overtake after update of lifted_by on hidden_polls for each row
    execute function keep_item_of_shown_poll();
"""


def upgrade() -> None:
    for part in (REPORTS, HIDDEN, APPEALS):
        op.script(part)
