"""Keep appeals and rights requests in the review queue, beside the posts: one list, in the order in which things are due.

As with posts the database itself keeps it (docs/decisions/0014). An appeal waits until it is answered or what it contests
has no effect any more; a request waits for moderators unless its author still has time to answer.
"""

from alembic import op

revision = "0023"
down_revision = "0022"

ITEMS = """
alter table review_items
    drop constraint review_items_kind_known,
    add constraint review_items_kind_known check (kind in ('held', 'reported', 'appeal', 'request')),
    add column appeal_id bigint constraint review_items_appeal references appeals
        constraint review_items_appeal_unique unique,
    add column request_id bigint constraint review_items_request references rights_requests
        constraint review_items_request_unique unique,
    add constraint review_items_target check (num_nonnulls(post_id, appeal_id, request_id) = 1),
    -- Who may not decide it, beside the author: whoever took part in what is contested, or is a party.
    add column barred bigint[] not null default '{}';
comment on column review_items.opened_at is 'of a request whose author is asked: the moment at which their time is over';
"""

APPEALS = """
create function keep_item_of_appeal(which bigint) returns void language plpgsql as $$
begin
    insert into review_items (kind, appeal_id, board_id, author_id, barred, open, opened_at, due_at, reporters, rules)
    select 'appeal', a.id, d.board_id, p.author_id,
        array_remove(array[d.moderator_id, f.moderator_id, a.appellant_id], null)
            || array(select reporter_id from reports where settled_by = d.id order by id),
        true, a.filed_at, a.due_at, 0, array_remove(array[d.rule_number], null)
    from appeals a join decisions d on d.id = a.decision_id join posts p on p.id = d.post_id
        left join decisions f on f.id = d.appeal_of
    where a.id = which and not exists (select from decisions where appeal_of = a.decision_id) and case d.act
        when 'hide' then p.state = 'hidden'
        when 'mask' then p.state <> 'withdrawn'
        when 'return' then p.state = 'held' and p.returned_at is not null
        when 'dismiss' then p.state = 'visible' and p.revision_id = d.revision_id
        else not exists (
            select from sanctions s join decisions l on l.id = s.decision_id
            where s.account_id = p.author_id and s.act = 'reinstate' and l.number > d.number
                and coalesce(s.lifts, d.id) = d.id) end
        and (d.act in ('warn', 'silence', 'suspend') or not exists (
            select from decisions l where l.post_id = d.post_id and l.number > d.number
                and (select about from acts where act = l.act) = (select about from acts where act = d.act)))
    on conflict on constraint review_items_appeal_unique do update set
        open = true, version = review_items.version + 1;
    if not found then
        update review_items set open = false, version = version + 1 where appeal_id = which and open;
    end if;
end $$;

create function keep_item_of_filed_appeal() returns trigger language plpgsql as $$
begin
    perform keep_item_of_appeal(new.id);
    return null;
end $$;
create trigger appeals_wait after insert on appeals for each row execute function keep_item_of_filed_appeal();

create function keep_items_of_contested_post() returns trigger language plpgsql as $$
begin
    perform keep_item_of_appeal(a.id) from appeals a join decisions d on d.id = a.decision_id
    where d.post_id = case tg_table_name when 'posts' then (to_jsonb(new) ->> 'id')::bigint else
        (to_jsonb(new) ->> 'post_id')::bigint end;
    return null;
end $$;
create trigger decisions_overtake after insert on decisions for each row
    execute function keep_items_of_contested_post();
create trigger posts_overtake after update of state, returned_at, revision_id on posts for each row
    when (old.state <> new.state or old.revision_id <> new.revision_id
        or old.returned_at is distinct from new.returned_at)
    execute function keep_items_of_contested_post();

create function keep_items_of_sanctioned_account() returns trigger language plpgsql as $$
begin
    perform keep_item_of_appeal(a.id) from appeals a join sanctions s on s.decision_id = a.decision_id
    where s.account_id = new.account_id;
    return null;
end $$;
create trigger sanctions_overtake after insert on sanctions for each row when (new.act = 'reinstate')
    execute function keep_items_of_sanctioned_account();
"""

REQUESTS = """
create function keep_item_of_request(which bigint) returns void language plpgsql as $$
begin
    insert into review_items (kind, request_id, board_id, author_id, open, opened_at, due_at, reporters, rules)
    select 'request', r.id, t.board_id, p.author_id, true, w.since,
        w.since + case when s.asked is null then interval '48 hours' else interval '168 hours' end, 0, '{}'
    from rights_requests r join posts p on p.id = r.post_id join topics t on t.id = p.topic_id
        cross join lateral (
            select max(due_at) filter (where kind = 'asked') as asked,
                max(taken_at) filter (where kind in ('consented', 'objected')) as answered,
                count(*) filter (where kind in ('granted', 'refused', 'gone')) > 0 as decided
            from rights_steps where request_id = r.id
        ) s
        cross join lateral (select coalesce(s.answered, s.asked, r.filed_at) as since) w
    where r.id = which and not s.decided
    on conflict on constraint review_items_request_unique do update set
        board_id = excluded.board_id, opened_at = excluded.opened_at, due_at = excluded.due_at, open = true,
        version = review_items.version + 1;
    if not found then
        update review_items set open = false, version = version + 1 where request_id = which and open;
    end if;
end $$;

create function keep_item_of_filed_request() returns trigger language plpgsql as $$
begin
    perform keep_item_of_request(new.id);
    return null;
end $$;
create trigger rights_requests_wait after insert on rights_requests for each row
    execute function keep_item_of_filed_request();

create function keep_item_of_taken_step() returns trigger language plpgsql as $$
begin
    perform keep_item_of_request(new.request_id);
    return null;
end $$;
create trigger rights_steps_wait_or_not after insert on rights_steps for each row when (new.kind <> 'reminded')
    execute function keep_item_of_taken_step();

create or replace function move_items_of_topic() returns trigger language plpgsql as $$
begin
    update review_items i set board_id = new.board_id, version = i.version + 1
    from posts p where p.topic_id = new.id and i.post_id = p.id;
    update review_items i set board_id = new.board_id, version = i.version + 1
    from posts p join rights_requests r on r.post_id = p.id where p.topic_id = new.id and i.request_id = r.id;
    return null;
end $$;
"""

EXISTING = """
do $$ begin
    perform keep_item_of_appeal(id) from appeals order by id;
    perform keep_item_of_request(id) from rights_requests order by id;
end $$;
"""


def upgrade() -> None:
    for part in (ITEMS, APPEALS, REQUESTS, EXISTING):
        op.script(part)
