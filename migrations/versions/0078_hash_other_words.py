"""Hash answers in other words: each version in plain Japanese or in English with the version before it. None is ever changed."""

from alembic import op

revision = "0078"
down_revision = "0077"

VARIANTS = """
alter table answer_variants add column sha256 text;

create function variant_sha256(v answer_variants) returns text language sql stable
return hex_sha256(format(
    '{"before":%s,"body":%s,"group":%s,"language":%s,"number":%s,"person":%s,"source":%s,"time":%s}',
    to_json(coalesce((
        select sha256 from answer_variants
        where group_id = v.group_id and language = v.language and number = v.number - 1
    ), '')),
    to_json(v.body), v.group_id, to_json(v.language), v.number, v.written_by, to_json(v.source_sha256),
    to_json(to_char(v.written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))));

do $$
declare
    variant answer_variants;
begin
    for variant in select * from answer_variants order by number loop
        update answer_variants set sha256 = variant_sha256(variant)
        where (group_id, language, number) = (variant.group_id, variant.language, variant.number);
    end loop;
end $$;
alter table answer_variants alter column sha256 set not null;

create function hash_variant() returns trigger language plpgsql as $$
begin
    new.sha256 = variant_sha256(new);
    return new;
end $$;
create trigger answer_variants_hashed before insert on answer_variants for each row execute function hash_variant();
create trigger answer_variants_immutable before update or delete on answer_variants
    for each row execute function refuse_change();
create trigger answer_variants_kept before truncate on answer_variants
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(VARIANTS)
