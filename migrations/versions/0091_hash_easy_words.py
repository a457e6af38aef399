"""Hash what the town says in easy words: each version with the version before it."""

from alembic import op

revision = "0091"
down_revision = "0090"

WORDINGS = """
alter table easy_wordings add column sha256 text;

-- docs/provenance.md describes the hash. Whichever release writes, the database makes it.
create function wording_sha256(w easy_wordings) returns text language sql stable
return hex_sha256(format(
    '{"about":%s,"before":%s,"body":%s,"number":%s,"person":%s,"source":%s,"subject":%s,"time":%s}',
    to_json(w.about),
    to_json(coalesce((
        select sha256 from easy_wordings
        where about = w.about and subject_id = w.subject_id and number = w.number - 1
    ), '')),
    to_json(w.body), w.number, w.written_by, to_json(w.source_sha256), w.subject_id,
    to_json(to_char(w.written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))));

alter table easy_wordings disable trigger easy_wordings_immutable;
do $$
declare
    wording easy_wordings;
begin
    for wording in select * from easy_wordings order by number loop
        update easy_wordings set sha256 = wording_sha256(wording)
        where (about, subject_id, number) = (wording.about, wording.subject_id, wording.number);
    end loop;
end $$;
alter table easy_wordings enable trigger easy_wordings_immutable;
alter table easy_wordings alter column sha256 set not null;

create function hash_wording() returns trigger language plpgsql as $$
begin
    new.sha256 = wording_sha256(new);
    return new;
end $$;
create trigger easy_wordings_hashed before insert on easy_wordings for each row execute function hash_wording();
"""


def upgrade() -> None:
    op.script(WORDINGS)
