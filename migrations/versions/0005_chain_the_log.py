"""Chain the log: every decision carries the hash of its public fields and of the line before; daily heads.

The database itself links the lines, whichever release or person adds one. docs/provenance.md describes the hashes.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

COLUMNS = """
-- The place in the log, without gaps.
alter table decisions add column number bigint;
-- The hash of the public fields; of which ones and how, the version says.
alter table decisions add column version int not null default 1;
alter table decisions add column entry text;
-- The hash of the line before, and of this line, which covers both.
alter table decisions add column previous text;
alter table decisions add column sha256 text;
"""

HASHES = """
create function hex_sha256(written text) returns text language sql immutable strict parallel safe
return encode(sha256(convert_to(written, 'UTF8')), 'hex');

-- The public fields of a decision as canonical JSON, version 1.
create function log_entry(d decisions) returns text language sql stable
return format(
    '{"act":%s,"board":%s,"id":%s,"moderator":%s,"number":%s,"post":%s,"reason":%s,"role":%s,"rule":%s,'
    '"rule_version":%s,"text":%s,"time":%s,"version":%s}',
    to_json(d.act), d.board_id, d.id,
    coalesce((select to_json(label)::text from moderator_labels where account_id = d.moderator_id), 'null'),
    d.number, d.post_id, to_json(d.reason), to_json(d.role), coalesce(d.rule_number::text, 'null'),
    coalesce(d.rule_version::text, 'null'), to_json(d.text_sha256),
    to_json(to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), d.version);

create function linked(d decisions, last_number bigint, last_sha256 text) returns decisions language plpgsql as $$
begin
    d.number = coalesce(last_number, 0) + 1;
    d.previous = coalesce(last_sha256, repeat('0', 64));
    d.entry = hex_sha256(log_entry(d));
    d.sha256 = hex_sha256(format('{"entry":"%s","previous":"%s"}', d.entry, d.previous));
    return d;
end $$;
"""

# What is there already, in the order in which it was decided.
EXISTING = """
alter table decisions disable trigger decisions_immutable;
do $$
declare
    d decisions;
    last_number bigint;
    last_sha256 text;
begin
    for d in select * from decisions order by id loop
        d = linked(d, last_number, last_sha256);
        update decisions set number = d.number, entry = d.entry, previous = d.previous, sha256 = d.sha256
        where id = d.id;
        last_number = d.number;
        last_sha256 = d.sha256;
    end loop;
end $$;
alter table decisions enable trigger decisions_immutable;
"""

LINKING = """
create function link_decision() returns trigger language plpgsql as $$
declare
    last_number bigint;
    last_sha256 text;
begin
    -- Whoever decides at the same moment waits here until this transaction ends: there is one line after another.
    perform pg_advisory_xact_lock(20020332);
    select number, sha256 into last_number, last_sha256 from decisions order by number desc limit 1;
    return linked(new, last_number, last_sha256);
end $$;
create trigger decisions_linked before insert on decisions for each row execute function link_decision();

alter table decisions
    alter column number set not null, alter column entry set not null,
    alter column previous set not null, alter column sha256 set not null,
    add constraint decisions_number_unique unique (number),
    -- Nothing follows the same line twice: the chain has no branches.
    add constraint decisions_previous_unique unique (previous);

create trigger decisions_kept before truncate on decisions for each statement execute function refuse_change();
create trigger moderator_labels_immutable before update or delete on moderator_labels
    for each row execute function refuse_change();
"""

HEADS = """
create table log_heads (
    -- Of the town.
    day date primary key,
    -- How many lines the log had, and the hash of the last.
    number bigint not null,
    sha256 text not null,
    noted_at timestamptz not null
);
create trigger log_heads_immutable before update or delete on log_heads
    for each row execute function refuse_change();
create trigger log_heads_kept before truncate on log_heads for each statement execute function refuse_change();
"""


def upgrade() -> None:
    for part in (COLUMNS, HASHES, EXISTING, LINKING, HEADS):
        op.script(part)
