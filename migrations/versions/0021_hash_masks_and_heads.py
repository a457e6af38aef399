"""Hash what hashes left out: which passage a mask covers, and the day of a published head. Only the lifting of a mask is
still to come when it is hashed; the log says of each which line lifts it.
"""

from alembic import op

revision = "0021"
down_revision = "0020"

MASKS = """
-- docs/provenance.md describes the hash.
create function mask_sha256(m masks) returns text language sql stable
return hex_sha256(format(
    '{"decision":%s,"end":%s,"mask":%s,"revision":%s,"start":%s}',
    (select to_json(sha256) from decisions where id = m.set_by), m.end_at, m.id,
    (select to_json(sha256) from revisions where id = m.revision_id), m.start_at));

alter table masks add column sha256 text;
alter table masks disable trigger masks_immutable;
update masks m set sha256 = mask_sha256(m);
alter table masks enable trigger masks_immutable;
create function hash_mask() returns trigger language plpgsql as $$
begin
    new.sha256 = mask_sha256(new);
    return new;
end $$;
create trigger masks_hashed before insert on masks for each row execute function hash_mask();
alter table masks alter column sha256 set not null;
drop trigger masks_immutable on masks;
create trigger masks_immutable before update on masks for each row
    when (old.lifted_by is not null or new.lifted_by is null
        or (old.id, old.post_id, old.revision_id, old.start_at, old.end_at, old.set_by, old.sha256)
            <> (new.id, new.post_id, new.revision_id, new.start_at, new.end_at, new.set_by, new.sha256))
    execute function refuse_change();
"""

HEADS = """
create function head_sha256(h log_heads) returns text language sql immutable
return hex_sha256(format(
    '{"day":"%s","line":%s,"sha256":%s,"time":%s}', to_char(h.day, 'YYYY-MM-DD'), h.number, to_json(h.sha256),
    to_json(to_char(h.noted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))));

alter table log_heads add column entry text;
alter table log_heads disable trigger log_heads_immutable;
update log_heads h set entry = head_sha256(h);
alter table log_heads enable trigger log_heads_immutable;
create function hash_head() returns trigger language plpgsql as $$
begin
    new.entry = head_sha256(new);
    return new;
end $$;
create trigger log_heads_hashed before insert on log_heads for each row execute function hash_head();
alter table log_heads alter column entry set not null;
"""


def upgrade() -> None:
    for part in (MASKS, HEADS):
        op.script(part)
