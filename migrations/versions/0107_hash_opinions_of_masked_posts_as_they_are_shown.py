"""Hash opinions of masked posts as they are shown: from the hash of what was written, masked words could be tried out."""

from alembic import op

revision = "0107"
down_revision = "0106"

COLUMN = """
-- The masks that covered the source when the opinion was hashed; none: its words as they were written.
alter table opinions add column masked_by bigint[] not null default '{}'
"""

FUNCTIONS = (
    """
create function masks_of(which bigint) returns bigint[] language sql stable
return array(select id from masks where post_id = which and lifted_by is null order by id)
""",
    """
-- The words with ■ for every letter of a passage under these masks: positions stay what they were.
create function covered(by bigint[], words text) returns text language plpgsql stable as $$
declare
    passage text;
    place int;
    found_at int;
    covered text = words;
begin
    for passage in
        select substr(r.raw, m.start_at + 1, m.end_at - m.start_at)
        from masks m join revisions r on r.id = m.revision_id where m.id = any(by)
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
end $$
""",
    """
create or replace function masked(which bigint, words text) returns text language sql stable
return covered(masks_of(which), words)
""",
    """
-- What names a text of a post in hashes of others: its hash, and its seal while masks cover a part of it.
create function named(which bigint, by bigint[], sha256 text) returns text language sql stable
return case when by = '{}' then sha256 else sealed(sha256, (select salt from seals where post_id = which)) end
""",
    """
-- The words of an opinion as they were hashed.
create function hashed_words(o opinions) returns text language sql stable
return case when o.masked_by = '{}' then o.text else (
    select substr(covered(o.masked_by, source.words), o.start_at + 1, o.end_at - o.start_at) from (
        select coalesce((select raw from revisions where id = o.revision_id),
            (select body from submissions where id = o.submission_id)) as words
    ) source
) end
""",
)


def upgrade() -> None:
    for statement in (COLUMN, *FUNCTIONS):
        op.execute(statement)
