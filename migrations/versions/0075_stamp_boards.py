"""A stamp of a board that costs the same however many topics it has."""

from alembic import op

revision = "0075"
down_revision = "0074"

STAMPS = """
create sequence touches;
-- Another number, higher than all given before, at every change that readers of its list see.
alter table topics add column touched bigint not null default 0;
-- How many topics left it for another board.
alter table boards add column departures bigint not null default 0;
create index topics_touched_last on topics (board_id, touched desc);

create function touch_topic() returns trigger language plpgsql as $$
begin
    new.touched := nextval('touches');
    return new;
end $$;
create trigger topics_touched before insert or update of changes, board_id on topics
    for each row execute function touch_topic();

create function count_departure() returns trigger language plpgsql as $$
begin
    update boards set departures = departures + 1 where id = old.board_id;
    return null;
end $$;
create trigger topics_depart after update of board_id on topics
    for each row when (old.board_id <> new.board_id) execute function count_departure();
"""


def upgrade() -> None:
    op.script(STAMPS)
