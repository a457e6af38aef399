"""Count beside a digest what models were asked for it and what they answered, so that nothing of it can be taken away unseen."""

from alembic import op

revision = "0087"
down_revision = "0086"

COUNTS = """
alter table digests add column asked bigint not null default 0, add column answered bigint not null default 0;
alter table digests disable trigger digests_immutable;
update digests d set asked = s.asked, answered = s.answered
from (select digest_id, count(*) as asked, count(answered_at) as answered from suggestions group by 1) s
where s.digest_id = d.id;
alter table digests enable trigger digests_immutable;

-- By the database, for a process of the release before asks as well. What was answered is not updated any more.
create function count_suggestion() returns trigger language plpgsql as $$
begin
    update digests set asked = asked + (tg_op = 'INSERT')::int, answered = answered + (new.answered_at is not null)::int
    where id = new.digest_id;
    return null;
end $$;
create trigger suggestions_counted after insert or update on suggestions
    for each row execute function count_suggestion();
"""


def upgrade() -> None:
    op.script(COUNTS)
