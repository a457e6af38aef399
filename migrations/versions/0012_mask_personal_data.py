"""Mask personal data: chosen passages of a post become ■ wherever its words are published. The words themselves stay.

The database itself masks, so that every query that publishes words asks the same function. Decisions on a post that was
masked name its revision by a seal that nobody can guess words from (docs/provenance.md).
"""

from alembic import op

revision = "0012"
down_revision = "0011"

MASKS = """
-- A passage of a revision: these words are masked in every version of the post, at every place where they stand.
create table masks (
    id bigint generated always as identity primary key,
    post_id bigint not null constraint masks_post references posts,
    revision_id bigint not null constraint masks_revision references revisions,
    start_at int not null,
    end_at int not null,
    set_by bigint not null constraint masks_set_by references decisions,
    lifted_by bigint constraint masks_lifted_by references decisions,
    constraint masks_span check (0 <= start_at and start_at < end_at)
);
create index masks_in_force on masks (post_id) where lifted_by is null;
create trigger masks_kept before delete on masks for each row execute function refuse_change();
-- A mask can be lifted once; nothing else about it changes.
create trigger masks_immutable before update on masks for each row
    when (old.lifted_by is not null or new.lifted_by is null
        or (old.id, old.post_id, old.revision_id, old.start_at, old.end_at, old.set_by)
            <> (new.id, new.post_id, new.revision_id, new.start_at, new.end_at, new.set_by))
    execute function refuse_change();

-- What is hashed together with a revision, so that its hash can be published while a part of its words is not.
create table seals (
    post_id bigint primary key constraint seals_post references posts,
    salt text not null
);
create trigger seals_immutable before update or delete on seals for each row execute function refuse_change();

-- Every look at sealed words.
create table looks (
    id bigint generated always as identity primary key,
    post_id bigint not null constraint looks_post references posts,
    account_id bigint not null constraint looks_account references accounts,
    role text not null,
    reason text not null,
    looked_at timestamptz not null
);
create trigger looks_immutable before update or delete on looks for each row execute function refuse_change();
create trigger looks_kept before truncate on looks for each statement execute function refuse_change();
"""

MASKING = """
-- The words of a post with ■ for every letter of a masked passage: positions stay what they were.
create function masked(which bigint, words text) returns text language plpgsql stable as $$
declare
    passage text;
    place int;
    found_at int;
    covered text = words;
begin
    for passage in
        select substr(r.raw, m.start_at + 1, m.end_at - m.start_at)
        from masks m join revisions r on r.id = m.revision_id where m.post_id = which and m.lifted_by is null
    loop
        place = 1;
        loop
            found_at = position(passage in substr(words, place));
            exit when found_at = 0;
            place = place + found_at - 1;
            covered = overlay(covered placing repeat('■', length(passage)) from place for length(passage));
            place = place + 1;
        end loop;
    end loop;
    return covered;
end $$;

create function is_masked(which bigint) returns boolean language sql stable
return exists (select from masks where post_id = which and lifted_by is null);

-- The post whose words an opinion says: its own, or the one that was submitted.
create function post_of(o opinions) returns bigint language sql stable
return (
    select r.post_id from revisions r
    where r.id = coalesce(o.revision_id, (select s.revision_id from submissions s where s.id = o.submission_id))
);

-- The words of an opinion as they may be published.
create function shown_words(o opinions) returns text language sql stable
return case when is_masked(post_of(o)) then (
    select substr(masked(post_of(o), source.words), o.start_at + 1, o.end_at - o.start_at) from (
        select coalesce((select raw from revisions where id = o.revision_id),
            (select body from submissions where id = o.submission_id)) as words
    ) source
) else o.text end;

-- What a digest was made from, without the hashes of masked texts.
create function shown_manifest(manifest jsonb) returns jsonb language sql stable
return case when manifest ? 'texts' and exists (select from masks where lifted_by is null) then
    jsonb_set(manifest, '{texts}', (
        select coalesce(jsonb_agg(case when not is_masked(coalesce(r.post_id, w.post_id)) then text end order by place), '[]')
        from jsonb_array_elements_text(manifest -> 'texts') with ordinality texts (text, place)
            left join revisions r on r.sha256 = text
            left join submissions s on s.sha256 = text left join revisions w on w.id = s.revision_id
    )) else manifest end;
"""

SEALED = """
create function sealed(revision_sha256 text, salt text) returns text language sql immutable strict parallel safe
return hex_sha256(format('{"revision":%s,"salt":%s}', to_json(revision_sha256), to_json(salt)));

-- Version 2: of a post that was masked, the revision is named by its seal instead of its hash.
create or replace function log_entry(d decisions) returns text language sql stable
return format(
    '{"act":%s,"board":%s,"id":%s,"moderator":%s,"number":%s,"post":%s,"reason":%s,"role":%s,"rule":%s,'
    '"rule_version":%s,"%s":%s,"time":%s,"version":%s}',
    to_json(d.act), d.board_id, d.id,
    coalesce((select to_json(label)::text from moderator_labels where account_id = d.moderator_id), 'null'),
    d.number, d.post_id, to_json(d.reason), to_json(d.role), coalesce(d.rule_number::text, 'null'),
    coalesce(d.rule_version::text, 'null'),
    case when d.version >= 2 then 'seal' else 'text' end, to_json(d.text_sha256),
    to_json(to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), d.version);

create or replace function linked(d decisions, last_number bigint, last_sha256 text)
returns decisions language plpgsql as $$
declare
    seal text;
begin
    select sealed(d.text_sha256, salt) into seal from seals where post_id = d.post_id;
    if found then
        d.version = 2;
        d.text_sha256 = seal;
    end if;
    d.number = coalesce(last_number, 0) + 1;
    d.previous = coalesce(last_sha256, repeat('0', 64));
    d.entry = hex_sha256(log_entry(d));
    d.sha256 = hex_sha256(format('{"entry":"%s","previous":"%s"}', d.entry, d.previous));
    return d;
end $$;

alter table decisions drop constraint decisions_act_known, add constraint decisions_act_known
    check (act in ('approve', 'return', 'hide', 'restore', 'dismiss', 'mask', 'unmask'));
alter table decisions drop constraint decisions_hide_cites_a_rule, add constraint decisions_hide_cites_a_rule
    check (act not in ('hide', 'mask') or rule_number is not null);
"""


def upgrade() -> None:
    for part in (MASKS, MASKING, SEALED):
        op.script(part)
