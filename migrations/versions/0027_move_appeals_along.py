"""A topic that moves takes its appeals along: whoever moderates the board where a post is now judges what was decided on it."""

from alembic import op

revision = "0027"
down_revision = "0026"

MOVES = """
create or replace function move_items_of_topic() returns trigger language plpgsql as $$
begin
    update review_items i set board_id = new.board_id, version = i.version + 1
    from posts p where p.topic_id = new.id and i.post_id = p.id;
    update review_items i set board_id = new.board_id, version = i.version + 1
    from posts p join rights_requests r on r.post_id = p.id where p.topic_id = new.id and i.request_id = r.id;
    update review_items i set board_id = new.board_id, version = i.version + 1
    from posts p join decisions d on d.post_id = p.id join appeals a on a.decision_id = d.id
    where p.topic_id = new.id and i.appeal_id = a.id;
    return null;
end $$;

-- Until now an item was made for the board of the decision, and it is only closed and opened again after that.
create function place_item_of_appeal() returns trigger language plpgsql as $$
begin
    select t.board_id into new.board_id from appeals a join decisions d on d.id = a.decision_id
        join posts p on p.id = d.post_id join topics t on t.id = p.topic_id where a.id = new.appeal_id;
    return new;
end $$;
create trigger review_items_of_appeals before insert on review_items for each row when (new.appeal_id is not null)
    execute function place_item_of_appeal();
update review_items i set board_id = t.board_id, version = i.version + 1
from appeals a join decisions d on d.id = a.decision_id join posts p on p.id = d.post_id join topics t on t.id = p.topic_id
where i.appeal_id = a.id and i.board_id <> t.board_id;
"""


def upgrade() -> None:
    op.script(MOVES)
