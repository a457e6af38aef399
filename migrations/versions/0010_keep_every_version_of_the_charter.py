"""Keep every version of the charter: when it was announced, and a hash of what it says. None may change."""

from alembic import op

revision = "0010"
down_revision = "0009"

COLUMNS = """
alter table charter_rules add column announced_at timestamptz;
alter table charter_rules add column sha256 text;
"""

HASHES = """
-- docs/provenance.md describes the hash.
create function hash_charter_rule() returns trigger language plpgsql as $$
begin
    new.announced_at = coalesce(new.announced_at, new.in_force_from);
    new.sha256 = hex_sha256(format(
        '{"announced":%s,"body":%s,"body_en":%s,"in_force_from":%s,"number":%s,"title":%s,"title_en":%s,"version":%s}',
        to_json(to_char(new.announced_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
        to_json(new.body), to_json(new.body_en),
        to_json(to_char(new.in_force_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
        new.number, to_json(new.title), to_json(new.title_en), new.version));
    return new;
end $$;
create trigger charter_rules_hashed before insert or update on charter_rules
    for each row execute function hash_charter_rule();
-- What is there already.
update charter_rules set number = number;
drop trigger charter_rules_hashed on charter_rules;
create trigger charter_rules_hashed before insert on charter_rules
    for each row execute function hash_charter_rule();

alter table charter_rules alter column announced_at set not null, alter column sha256 set not null;
create trigger charter_rules_immutable before update or delete on charter_rules
    for each row execute function refuse_change();
create trigger charter_rules_kept before truncate on charter_rules for each statement execute function refuse_change();
"""


def upgrade() -> None:
    for part in (COLUMNS, HASHES):
        op.script(part)
