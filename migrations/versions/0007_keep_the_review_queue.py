"""Keep the review queue as a table: one item for everything that a moderator has to look at, opened again rather than twice.

The database itself keeps it, in the transaction that holds, reports, returns or decides: whichever release writes, and
also an old one that is still running while this one starts (docs/decisions/0014).
"""

from alembic import op

revision = "0007"
down_revision = "0006"

ITEMS = """
create table review_items (
    id bigint generated always as identity primary key,
    kind text not null constraint review_items_kind_known check (kind in ('held', 'reported')),
    post_id bigint constraint review_items_post references posts
        constraint review_items_post_unique unique,
    -- Whose moderators it is for, and whose words: nobody judges their own.
    board_id bigint constraint review_items_board references boards,
    author_id bigint constraint review_items_author references accounts,
    open boolean not null,
    -- Since when it waits, and when somebody should have looked.
    opened_at timestamptz not null,
    due_at timestamptz not null,
    -- Of the reports that are open: how many there are, and the rules that they name.
    reporters int not null,
    rules int[] not null,
    -- Counts all that happens to the item: a list that shows the same versions is the same list.
    version bigint not null default 1
);
-- What belongs to no board has board 0 here: every list of a moderator is a few walks along this index.
create index review_items_waiting on review_items (coalesce(board_id, 0), kind, due_at, id) where open;
"""

KEEPING = """
-- Makes the item of a post what the post and its open reports say.
create function keep_item_of_post(which bigint) returns void language plpgsql as $$
begin
    -- Whoever reports or decides at the same moment waits here, and then sees what this transaction did.
    perform from posts where id = which for no key update;
    insert into review_items (kind, post_id, board_id, author_id, open, opened_at, due_at, reporters, rules)
    select case when r.reporters > 0 then 'reported' else 'held' end, p.id, t.board_id, p.author_id, true,
        coalesce(r.since, p.created_at), coalesce(r.due_at, p.created_at + interval '24 hours'), r.reporters, r.rules
    from posts p join topics t on t.id = p.topic_id cross join lateral (
        select min(created_at) as since, min(due_at) as due_at, count(*) as reporters,
            coalesce(array_agg(distinct rule_number) filter (where rule_number is not null), '{}') as rules
        from reports where post_id = p.id and settled_by is null
    ) r
    where p.id = which and (r.reporters > 0 or (p.state = 'held' and p.returned_at is null))
    on conflict on constraint review_items_post_unique do update set
        kind = excluded.kind, board_id = excluded.board_id, author_id = excluded.author_id, open = true,
        opened_at = excluded.opened_at, due_at = excluded.due_at, reporters = excluded.reporters,
        rules = excluded.rules, version = review_items.version + 1;
    if not found then
        update review_items set open = false, reporters = 0, rules = '{}', version = version + 1
        where post_id = which and open;
    end if;
end $$;

create function keep_item_of_written_post() returns trigger language plpgsql as $$
begin
    perform keep_item_of_post(new.id);
    return null;
end $$;
create trigger posts_wait after insert on posts for each row
    when (new.state = 'held') execute function keep_item_of_written_post();
create trigger posts_wait_or_not after update of state, returned_at, revision_id on posts for each row
    when (old.state = 'held' or new.state = 'held' or old.state <> new.state)
    execute function keep_item_of_written_post();

create function keep_item_of_reported_post() returns trigger language plpgsql as $$
begin
    perform keep_item_of_post(new.post_id);
    return null;
end $$;
create trigger reports_wait_or_not after insert or update of settled_by on reports for each row
    execute function keep_item_of_reported_post();

create function move_items_of_topic() returns trigger language plpgsql as $$
begin
    update review_items i set board_id = new.board_id, version = i.version + 1
    from posts p where p.topic_id = new.id and i.post_id = p.id;
    return null;
end $$;
create trigger topics_take_items_along after update of board_id on topics for each row
    when (old.board_id <> new.board_id) execute function move_items_of_topic();
"""

EXISTING = """
do $$ begin
    perform keep_item_of_post(id) from (
        select id from posts where state = 'held' and returned_at is null
        union select post_id from reports where settled_by is null order by 1
    ) waiting;
end $$;
"""


def upgrade() -> None:
    for part in (ITEMS, KEEPING, EXISTING):
        op.script(part)
