"""Transfer posts from one topic to another: each with its old and its new number, and a sign where it stood."""

from alembic import op

revision = "0077"
down_revision = "0076"

TRANSFERS = """
create table transfers (
    id bigint generated always as identity primary key,
    from_topic_id bigint not null constraint transfers_from references topics,
    to_topic_id bigint not null constraint transfers_to references topics,
    -- The whole topic: its address leads to the other one from then on.
    whole boolean not null,
    -- The transfer that this one takes back.
    undoes bigint constraint transfers_undoes references transfers constraint transfers_undone_once unique,
    posts bigint[] not null,
    from_numbers int[] not null,
    to_numbers int[] not null,
    role text not null,
    reason text not null,
    made_by bigint not null constraint transfers_made_by references accounts,
    made_at timestamptz not null,
    sha256 text not null,
    constraint transfers_elsewhere check (from_topic_id <> to_topic_id)
);
create index transfers_of_source on transfers (from_topic_id);
create index transfers_of_target on transfers (to_topic_id);
create trigger transfers_immutable before update or delete on transfers for each row execute function refuse_change();
create trigger transfers_kept before truncate on transfers for each statement execute function refuse_change();

-- A number that a topic gave to a post which now stands elsewhere. A post that comes back takes its number again.
create table signs (
    topic_id bigint not null constraint signs_topic references topics,
    number int not null,
    post_id bigint not null constraint signs_post references posts,
    transfer_id bigint not null constraint signs_transfer references transfers,
    -- The change number of the topic by which the post left.
    change bigint not null,
    constraint signs_pkey primary key (topic_id, number),
    constraint signs_once unique (post_id, topic_id)
);
create index signs_by_change on signs (topic_id, change);

-- Where its opening post stands, if that is another topic; how many of its numbers are signs.
alter table topics add column merged_into bigint constraint topics_merged_into references topics,
    add column moved_out int not null default 0;
insert into acts (act, about, strand) values ('transfer', 'topic', 'transfer');
"""

# What waits for a moderator goes with the post to the moderators of the other board.
QUEUE = """
create function move_items_of_post() returns trigger language plpgsql as $$
declare
    there bigint;
begin
    select board_id into there from topics where id = new.topic_id;
    if there <> (select board_id from topics where id = old.topic_id) then
        update review_items i set board_id = there, version = i.version + 1 where i.post_id = new.id;
        update review_items i set board_id = there, version = i.version + 1
        from rights_requests r where r.post_id = new.id and i.request_id = r.id;
        update review_items i set board_id = there, version = i.version + 1
        from decisions d join appeals a on a.decision_id = d.id where d.post_id = new.id and i.appeal_id = a.id;
    end if;
    return null;
end $$;
create trigger posts_take_items_along after update of topic_id on posts for each row
    when (old.topic_id <> new.topic_id) execute function move_items_of_post();
"""


def upgrade() -> None:
    op.script(TRANSFERS)
    op.script(QUEUE)
