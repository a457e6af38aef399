"""Hash what sections promised: each promise of answers with the one before it on the same board."""

from alembic import op

revision = "0076"
down_revision = "0075"

PROMISES = """
alter table answer_promises add column sha256 text;

create function promise_sha256(p answer_promises) returns text language sql stable
return hex_sha256(format(
    '{"before":%s,"board":%s,"days":%s,"person":%s,"promise":%s,"time":%s}',
    to_json(coalesce((
        select sha256 from answer_promises where board_id = p.board_id and id < p.id order by id desc limit 1
    ), '')),
    p.board_id, coalesce(cast(p.days as text), 'null'), p.by_id, p.id,
    to_json(to_char(p.made_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))));

alter table answer_promises disable trigger answer_promises_immutable;
do $$
declare
    promise answer_promises;
begin
    for promise in select * from answer_promises order by id loop
        update answer_promises set sha256 = promise_sha256(promise) where id = promise.id;
    end loop;
end $$;
alter table answer_promises enable trigger answer_promises_immutable;
alter table answer_promises alter column sha256 set not null;

create function hash_promise() returns trigger language plpgsql as $$
begin
    -- One after the other on each board, in the order of their numbers.
    perform from boards where id = new.board_id for no key update;
    new.id = nextval(pg_get_serial_sequence('answer_promises', 'id'));
    new.sha256 = promise_sha256(new);
    return new;
end $$;
create trigger answer_promises_hashed before insert on answer_promises for each row execute function hash_promise();
"""


def upgrade() -> None:
    op.script(PROMISES)
