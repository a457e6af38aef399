"""Hash what hashes left out: titles of topics; and of what is published from now on, the period of a digest and the
labels of the categories of a result. What was published before keeps its hash, and says so by its version.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

TITLES = """
alter table topics add column sha256 text;

-- The title and who gave it when, as canonical JSON, version 1.
create function topic_sha256(t topics) returns text language sql stable
return hex_sha256(format(
    '{"author":%s,"time":%s,"title":%s,"topic":%s,"version":1}',
    (select to_json(pseudonym) from accounts where id = t.author_id),
    to_json(to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), to_json(t.title), t.id));

update topics t set sha256 = topic_sha256(t);
create function hash_topic() returns trigger language plpgsql as $$
begin
    new.sha256 = topic_sha256(new);
    return new;
end $$;
create trigger topics_hashed before insert on topics for each row execute function hash_topic();
alter table topics alter column sha256 set not null;
"""

VERSIONS = """
alter table digests add column hash_version int not null default 1;
alter table consultations add column hash_version int not null default 1;
"""


def upgrade() -> None:
    op.script(TITLES)
    op.script(VERSIONS)
