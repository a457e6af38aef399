"""Whose posts were taken to another topic may contest that: each transfer knows its line of the log, and a line is overtaken when
its transfer was taken back, or none of its posts stands there any more."""

from alembic import op

revision = "0089"
down_revision = "0088"

LINES = """
create table transfer_lines (
    transfer_id bigint primary key constraint transfer_lines_transfer references transfers,
    decision_id bigint not null constraint transfer_lines_decision references decisions constraint transfer_lines_once unique
);
create trigger transfer_lines_immutable before update or delete on transfer_lines
    for each row execute function refuse_change();
create trigger transfer_lines_kept before truncate on transfer_lines for each statement execute function refuse_change();

-- Whoever transfers writes the line in the same transaction, one after the other.
insert into transfer_lines (transfer_id, decision_id)
select x.id, d.id
from (select id, made_by, reason, row_number() over (partition by made_by order by id) as place from transfers) x
    join (select id, moderator_id, reason, row_number() over (partition by moderator_id order by number) as place
        from decisions where act = 'transfer') d
    on d.moderator_id = x.made_by and d.place = x.place and d.reason = x.reason;

create or replace function overtaken_at_its_post(d decisions) returns boolean language sql stable
return case d.act
    when 'hide_poll' then exists (select from hidden_polls where set_by = d.id and lifted_by is not null)
    when 'transfer' then not exists (
        select from transfer_lines l join transfers x on x.id = l.transfer_id
        where l.decision_id = d.id and x.undoes is null and not exists (select from transfers where undoes = x.id)
            and exists (select from posts where id = any(x.posts) and topic_id = x.to_topic_id))
    else exists (select from decisions l where l.post_id = d.post_id and l.number > d.number
        and (select strand from acts where act = l.act) = (select strand from acts where act = d.act)) end;

-- Whom a decision is about: the author of its post, of a poll whoever asked it, of a transfer those whose posts it took along.
create function concerned_by(d decisions) returns bigint[] language sql stable
return case d.act
    when 'hide_poll' then array(
        select o.opened_by from hidden_polls h join polls o on o.id = h.poll_id where h.set_by = d.id)
    when 'transfer' then array(
        select distinct p.author_id from transfer_lines l join transfers x on x.id = l.transfer_id
            join posts p on p.id = any(x.posts)
        where l.decision_id = d.id and p.state <> 'withdrawn' order by p.author_id)
    else array(select author_id from posts where id = d.post_id) end;
"""

APPEALS = """
create or replace function keep_item_of_appeal(which bigint) returns void language plpgsql as $$
begin
    insert into review_items (kind, appeal_id, board_id, author_id, barred, open, opened_at, due_at, reporters, rules)
    select 'appeal', a.id, d.board_id, p.author_id,
        involved_in(d.id) || a.appellant_id || array(select reporter_id from reports where settled_by = d.id order by id),
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
        barred = excluded.barred, open = true, version = review_items.version + 1;
    if not found then
        update review_items set open = false, version = version + 1 where appeal_id = which and open;
    end if;
end $$;

create function keep_items_of_transfers() returns trigger language plpgsql as $$
begin
    perform keep_item_of_appeal(a.id)
    from appeals a join transfer_lines l on l.decision_id = a.decision_id join transfers x on x.id = l.transfer_id
    where x.posts && (select posts from transfers where id = new.transfer_id);
    return null;
end $$;
create trigger transfers_overtake after insert on transfer_lines for each row execute function keep_items_of_transfers();
"""


def upgrade() -> None:
    for part in (LINES, APPEALS):
        op.script(part)
